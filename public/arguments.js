/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Control */

/**
 * Reads the arguments from a tool's form, without empty optional ones.
 * @param {HTMLFormElement} form
 * @returns {Record<string, unknown> | undefined} undefined if the form is invalid; the form then shows the errors
 */
export function readArguments(form) {
  /** @type {Record<string, unknown>} */
  const args = {}
  for (const control of /** @type {NodeListOf<Control>} */ (form.querySelectorAll('[data-argument]'))) {
    control.setCustomValidity('')
    try {
      const value = read(control)
      if (value !== undefined) args[control.dataset.argument ?? ''] = value
    } catch {
      control.setCustomValidity('Enter valid JSON.')
      control.addEventListener('input', () => control.setCustomValidity(''), { once: true })
    }
  }
  return form.reportValidity() ? args : undefined
}

/**
 * @param {Control} control
 * @returns {unknown} undefined for an empty field
 * @throws SyntaxError for invalid JSON
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
