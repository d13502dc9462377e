/**
 * Lets each button with `data-copy` copy the text of the element with that id, those that come later too.
 * @param {HTMLElement} root
 */
export function copyOnClick(root) {
  root.addEventListener('click', async ({ target }) => {
    const button =
      target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest('[data-copy]')) : null
    const source = button && document.getElementById(button.dataset.copy ?? '')
    if (button === null || source === null) return
    const copied = await copy(source)
    button.textContent = copied ? 'Copied' : 'Selected'
    announce(copied ? 'Copied' : 'Selected: copy it with your keyboard')
    setTimeout(() => {
      button.textContent = 'Copy'
    }, 2_000)
  })
}

/**
 * @param {HTMLElement} source
 * @returns {Promise<boolean>} false where the browser allows no more than selecting the text
 */
async function copy(source) {
  try {
    // Only where the page came by HTTPS or from this machine.
    await navigator.clipboard.writeText(source.textContent ?? '')
    return true
  } catch {
    getSelection()?.selectAllChildren(source)
    return false
  }
}

/** @param {string} text */
function announce(text) {
  const status = document.querySelector('#announcement')
  if (status) status.textContent = text
}
