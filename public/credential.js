/** The key or token from its input field; stored nowhere else. */
export function credential() {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector('#credential'))
  return field?.value.trim() || undefined
}
