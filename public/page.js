// The script of the page at /. The page's data attributes describe the server.
import { readArguments } from './arguments.js'
import { callTool } from './call-tool.js'
import { copyOnClick } from './copy.js'
import { credential } from './credential.js'
import { showOutcome, showProgress } from './outcome.js'
import { followStatus } from './status.js'

const main = /** @type {HTMLElement} */ (document.querySelector('main'))
const { server = '', version = '', traceLink, logLink } = main.dataset
const client = { name: `${server}-page`, version }

for (const form of document.querySelectorAll('form')) enable(form)
copyOnClick(document.body)
followStatus()

/**
 * Makes a tool's form call the tool, one call at a time.
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
    const args = readArguments(form)
    if (args === undefined) return
    if (form.dataset.effect === 'destroy' && !confirm(`Call ${tool}? It can replace or delete data.`)) return
    running = new AbortController()
    call.setAttribute('aria-disabled', 'true')
    cancel.hidden = false
    details.hidden = true
    showProgress(verdict, 'Calling …')
    const outcome = await callTool(tool, args, {
      client,
      credential: credential(),
      signal: running.signal,
      onProgress: (text) => showProgress(verdict, text),
    })
    running = undefined
    call.removeAttribute('aria-disabled')
    // Hiding the focused button would lose the keyboard focus.
    if (document.activeElement === cancel) call.focus()
    cancel.hidden = true
    showOutcome(outcome, { verdict, details, traceLink, logLink })
  })
  cancel.addEventListener('click', () => running?.abort())
}
