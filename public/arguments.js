/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/**
 * What the form says a tool is to be called with. What was left empty and may be is left out.
 * @param {HTMLFormElement} form
 * @returns {Record<string, unknown> | undefined} undefined if something has to be corrected first, which the form then shows
 */
export function readArguments(form) {
  /** @type {Record<string, unknown>} */
  const given = {}
  for (const control of /** @type {NodeListOf<Control>} */ (form.querySelectorAll('[data-argument]'))) {
    control.setCustomValidity('')
    try {
      const value = read(control)
      if (value !== undefined) given[control.dataset.argument ?? ''] = value
    } catch {
      control.setCustomValidity('This must be JSON.')
      control.addEventListener('input', () => control.setCustomValidity(''), { once: true })
    }
  }
  return form.reportValidity() ? given : undefined
}

/**
 * @param {Control} control
 * @returns {unknown} undefined for what is left out
 * @throws SyntaxError for what is no JSON and has to be
 */
function read(control) {
  if (control.dataset.type === 'boolean') return /** @type {HTMLInputElement} */ (control).checked
  const { value } = control
  if (value === '') return undefined
  switch (control.dataset.type) {
    case 'number':
      return Number(value)
    case 'list':
      return value.split('\n').flatMap((line) => line.trim() || [])
    case 'json':
      return JSON.parse(value)
    default:
      return value
  }
}
