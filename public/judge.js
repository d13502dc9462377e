/** @import { Outcome } from './call-tool.js' */

/**
 * What an answer means for the reader, and what they can do about it.
 * @param {Response} response
 * @param {any} message
 * @returns {Pick<Outcome, 'kind' | 'title'> & Partial<Outcome>}
 */
export function judge(response, message) {
  const result = message?.result
  if (result !== undefined) {
    const text = (result.content ?? []).flatMap((/** @type {any} */ item) => item.text ?? []).join('\n')
    return result.isError
      ? { kind: 'error', title: text || 'The tool failed', message, ...adviceOnCode(text.split(':')[0]) }
      : { kind: 'success', title: 'Success', value: result.structuredContent ?? text, message }
  }
  const said = message?.error?.message
  const { status } = response
  return { kind: 'error', message, ...refused(status, response.headers, said) }
}

/** @param {string | undefined} code of the server's error table */
function adviceOnCode(code) {
  switch (code) {
    case 'invalid_arguments':
      return { advice: 'Correct the arguments above and call again.' }
    case 'not_found':
      return { advice: 'Use an id that a search has given.' }
    case 'unavailable':
    case 'upstream_error':
      return { advice: 'Something the tool depends on is away: see Health at the top.' }
    case 'timeout':
      return { advice: 'Try again; the trace shows where the time went.' }
    default:
      return {}
  }
}

/**
 * @param {number} status
 * @param {Headers} headers
 * @param {string | undefined} said
 */
function refused(status, headers, said) {
  const title = said ?? `The server answered with status ${status}`
  if (status === 401)
    return {
      title: `Not authenticated${said ? `: ${said}` : ''}`,
      advice: document.querySelector('#credential')
        ? 'Enter a valid key or token above the tools.'
        : 'This server asks for a key or token.',
    }
  if (status === 403)
    return {
      title,
      advice: 'Your key or token does not allow this, or this page’s address is not one the server knows.',
    }
  if (status === 429) {
    const seconds = headers.get('retry-after')
    return {
      title: `Too many calls${said ? `: ${said}` : ''}`,
      advice: seconds ? `Try again in ${seconds} s.` : 'Wait a moment, then try again.',
    }
  }
  if (status >= 500)
    return { title, advice: 'The server cannot serve right now: see Health at the top, and its log.' }
  return { title }
}
