import { element } from './elements.js'
import { valueElement } from './value.js'

/** @import { Outcome } from './call-tool.js' */

/**
 * @param {HTMLElement} verdict
 * @param {string} text
 */
export function showProgress(verdict, text) {
  verdict.replaceChildren(element('span', { class: 'state', 'data-state': 'unknown' }, text))
}

/**
 * @param {Outcome} outcome
 * @param {HTMLElement} verdict
 */
export function showVerdict(outcome, verdict) {
  const state = { success: 'up', error: 'down', cancelled: 'unknown' }[outcome.kind]
  verdict.replaceChildren(
    element('strong', { class: 'state', 'data-state': state }, outcome.title),
    ...(outcome.kind === 'success' ? [` in ${readableMs(outcome.durationMs)}`] : []),
    ...(outcome.advice ? [element('span', { class: 'advice' }, outcome.advice)] : []),
  )
}

/**
 * Shows an outcome: the verdict, which screen readers announce, and the details below.
 * @param {Outcome} outcome
 * @param {{ verdict: HTMLElement, details: HTMLElement, traceLink?: string | undefined, logLink?: string | undefined }} place
 */
export function showOutcome(outcome, { verdict, details, traceLink, logLink }) {
  showVerdict(outcome, verdict)
  details.replaceChildren(
    ...(outcome.value === undefined ? [] : [scrollable('result', 'Result', valueElement(outcome.value))]),
    facts(outcome, details.id || unusedId(), { traceLink, logLink }),
    ...(outcome.message === undefined ? [] : [raw(outcome.message)]),
  )
  details.hidden = false
}

/**
 * @param {Outcome} outcome
 * @param {string} prefix of ids
 * @param {{ traceLink: string | undefined, logLink: string | undefined }} links
 */
function facts({ durationMs, traceId, requestId }, prefix, { traceLink, logLink }) {
  const list = element('dl', { class: 'facts' })
  const add = (/** @type {string} */ name, /** @type {(Node | string)[]} */ ...content) =>
    list.append(element('dt', {}, name), element('dd', {}, ...content))
  add('Round trip', readableMs(durationMs))
  add(
    'Trace id',
    ...copyable(`${prefix}-trace`, traceId, 'the trace id'),
    ...link(traceLink, traceId, 'Trace'),
  )
  if (requestId === undefined) return list
  add('Request id', ...copyable(`${prefix}-request`, requestId, 'the request id'))
  if (logLink) add('Log line', ...link(logLink, traceId, 'Log'))
  else add('Log line', ...copyable(`${prefix}-log`, `grep ${requestId} .local/log.jsonl`, 'the command'))
  return list
}

/** @param {string | undefined} template @param {string} traceId @param {string} text */
function link(template, traceId, text) {
  if (template === undefined) return []
  const href = template.replaceAll('{trace_id}', traceId)
  return [element('a', { href, target: '_blank', rel: 'noreferrer' }, `${text} in Grafana`)]
}

/** @param {string} id @param {string} text @param {string} object */
function copyable(id, text, object) {
  return [
    element('code', { id }, text),
    element(
      'button',
      { type: 'button', class: 'copy', 'data-copy': id, 'aria-label': `Copy ${object}` },
      'Copy',
    ),
  ]
}

/** @param {unknown} message */
function raw(message) {
  const json = element(
    'pre',
    { tabindex: '0', 'aria-label': 'Response as JSON' },
    JSON.stringify(message, null, 2),
  )
  return element('details', { class: 'raw' }, element('summary', {}, 'Response as JSON'), json)
}

/** Focusable, so that keyboard users can scroll it. @param {string} name @param {string} label @param {Node} content */
function scrollable(name, label, content) {
  return element('div', { class: name, tabindex: '0', role: 'region', 'aria-label': label }, content)
}

let ids = 0
const unusedId = () => `outcome-${++ids}`

/** @param {number} ms */
const readableMs = (ms) => (ms < 1_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1_000).toFixed(2)} s`)
