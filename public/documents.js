// The script of the document pages: makes the search box call the tool `search`.
import { callTool } from './call-tool.js'
import { credential } from './credential.js'
import { element } from './elements.js'
import { showProgress, showVerdict } from './outcome.js'

/** @typedef {{ id: string, title: string, snippet: string }} Hit */

const form = /** @type {HTMLFormElement} */ (document.querySelector('form[role=search]'))
const query = /** @type {HTMLInputElement} */ (document.querySelector('#query'))
const verdict = /** @type {HTMLElement} */ (document.querySelector('.verdict'))
const hits = /** @type {HTMLElement} */ (document.querySelector('.hits'))
const { server = '', version = '' } = form.dataset
const client = { name: `${server}-page`, version }
/** @type {AbortController | undefined} */
let running

form.addEventListener('submit', (event) => {
  event.preventDefault()
  history.replaceState(null, '', `?q=${encodeURIComponent(query.value)}${location.hash}`)
  search()
})
query.addEventListener('input', () => {
  if (query.value === '') clear()
})
// After a reload, or on the way back from a result.
query.value = new URLSearchParams(location.search).get('q') ?? ''
if (query.value !== '') search()

/** A new search replaces a running one. */
async function search() {
  running?.abort()
  running = new AbortController()
  const { signal } = running
  const asked = query.value
  showProgress(verdict, 'Searching …')
  const outcome = await callTool(
    'search',
    { query: asked },
    {
      client,
      credential: credential(),
      signal,
      onProgress: (text) => showProgress(verdict, text),
    },
  )
  if (signal.aborted) return
  if (outcome.kind !== 'success') {
    show([])
    showVerdict(outcome, verdict)
    return
  }
  const { results, note } = /** @type {{ results: Hit[], note?: string }} */ (outcome.value)
  show(results, asked)
  verdict.replaceChildren([countOf(results.length, asked), note ?? ''].join(' ').trim())
}

function clear() {
  running?.abort()
  show([])
  verdict.replaceChildren()
  history.replaceState(null, '', location.pathname + location.hash)
}

/**
 * @param {Hit[]} found
 * @param {string} asked
 */
function show(found, asked = '') {
  hits.replaceChildren(...found.map((hit) => hitElement(hit, asked)))
  hits.hidden = found.length === 0
}

/**
 * @param {Hit} hit
 * @param {string} asked
 */
function hitElement({ id, title, snippet }, asked) {
  const link = element('a', { href: new URL(`../documents/${id}`, import.meta.url).href }, title)
  return element('li', {}, link, element('p', {}, ...marked(snippet, asked)))
}

/**
 * Marks words that begin like one of the query.
 * @param {string} snippet
 * @param {string} asked
 */
function marked(snippet, asked) {
  const words = asked.match(/[\p{L}\p{M}\p{N}]{2,}/gu)
  if (words === null) return [snippet]
  const parts = snippet.split(new RegExp(`((?<![\\p{L}\\p{N}])(?:${words.join('|')}))`, 'giu'))
  return parts.map((text, index) => (index % 2 === 0 ? text : element('mark', {}, text)))
}

/**
 * @param {number} count
 * @param {string} asked
 */
function countOf(count, asked) {
  if (count === 0) return `No document matches “${asked}”. Try fewer or other words.`
  return `${count === 1 ? 'One result' : `${count} results`} for “${asked}”, best first.`
}
