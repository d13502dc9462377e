/**
 * Makes every button with `data-copy`, also later ones, copy the text of the element with that id.
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
 * @returns {Promise<boolean>} false if the browser only allows selecting the text
 */
async function copy(source) {
  try {
    // Available in secure contexts only: HTTPS or loopback.
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
