/** @import { Outcome } from './call-tool.js' */

/**
 * Interprets a response: title, result and advice for the user.
 * @param {Response} response
 * @param {any} message
 * @returns {Pick<Outcome, 'kind' | 'title'> & Partial<Outcome>}
 */
export function toOutcome(response, message) {
  const result = message?.result
  if (result !== undefined) {
    const text = (result.content ?? []).flatMap((/** @type {any} */ item) => item.text ?? []).join('\n')
    return result.isError
      ? { kind: 'error', title: text || 'The tool failed', message, ...adviceOnCode(text.split(':')[0]) }
      : { kind: 'success', title: 'Success', value: result.structuredContent ?? text, message }
  }
  const { status } = response
  return { kind: 'error', message, ...describeError(status, response.headers, message?.error?.message) }
}

/** @param {string | undefined} code of the server's error table */
function adviceOnCode(code) {
  switch (code) {
    case 'invalid_arguments':
      return { advice: 'Correct the arguments above and call again.' }
    case 'not_found':
      return { advice: 'Use an id from a search result.' }
    case 'unavailable':
    case 'upstream_error':
      return { advice: 'A dependency of the tool is down: see Health on the start page.' }
    case 'timeout':
      return { advice: 'Try again; the trace shows where the time went.' }
    default:
      return {}
  }
}

/**
 * @param {number} status
 * @param {Headers} headers
 * @param {string | undefined} message
 */
function describeError(status, headers, message) {
  const title = message ?? `The server responded with status ${status}`
  if (status === 401)
    return {
      title: `Not authenticated${message ? `: ${message}` : ''}`,
      advice: document.querySelector('#credential')
        ? 'Enter a valid key or token.'
        : 'This server requires a key or token.',
    }
  if (status === 403)
    return {
      title,
      advice: 'Your key or token lacks a scope, or the server does not allow this page’s origin.',
    }
  if (status === 429) {
    const seconds = headers.get('retry-after')
    return {
      title: `Too many calls${message ? `: ${message}` : ''}`,
      advice: seconds ? `Try again in ${seconds} s.` : 'Wait a moment, then try again.',
    }
  }
  if (status >= 500)
    return { title, advice: 'The server failed or is overloaded: see Health on the start page and the log.' }
  return { title }
}
