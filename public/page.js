// The script of the page at /. What it needs to know of the server stands in the page.
import { readArguments } from './arguments.js'
import { callTool } from './call-tool.js'
import { copyOnClick } from './copy.js'
import { showOutcome, showProgress } from './outcome.js'
import { followStatus } from './status.js'

const main = /** @type {HTMLElement} */ (document.querySelector('main'))
const { server = '', version = '', traceLink, logLink } = main.dataset
const client = { name: `${server}-page`, version }

for (const form of document.querySelectorAll('form')) enable(form)
copyOnClick(document.body)
followStatus()

/**
 * Lets a tool's form call the tool, one call at a time.
 * @param {HTMLFormElement} form
 */
function enable(form) {
  const tool = form.dataset.tool ?? ''
  const call = /** @type {HTMLButtonElement} */ (form.querySelector('button[type=submit]'))
  const cancel = /** @type {HTMLButtonElement} */ (form.querySelector('[data-cancel]'))
  const content = /** @type {HTMLElement} */ (form.parentElement)
  const verdict = /** @type {HTMLElement} */ (content.querySelector('.verdict'))
  const details = /** @type {HTMLElement} */ (content.querySelector('.outcome'))
  /** @type {AbortController | undefined} */
  let running

  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (running) return
    const given = readArguments(form)
    if (given === undefined) return
    if (form.dataset.effect === 'destroy' && !confirm(`Really call ${tool}? It removes something.`)) return
    running = new AbortController()
    call.setAttribute('aria-disabled', 'true')
    cancel.hidden = false
    details.hidden = true
    showProgress(verdict, 'Calling …')
    const outcome = await callTool(tool, given, {
      client,
      credential: credential(),
      signal: running.signal,
      onProgress: (text) => showProgress(verdict, text),
    })
    running = undefined
    call.removeAttribute('aria-disabled')
    // Whoever has just pressed it would otherwise lose their place.
    if (document.activeElement === cancel) call.focus()
    cancel.hidden = true
    showOutcome(outcome, { verdict, details, traceLink, logLink })
  })
  cancel.addEventListener('click', () => running?.abort())
}

/** The key or token that the reader has typed; it is kept nowhere but in its field. */
function credential() {
  const field = /** @type {HTMLInputElement | null} */ (document.querySelector('#credential'))
  return field?.value.trim() || undefined
}
