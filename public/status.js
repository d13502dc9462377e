const intervalMs = 5_000

/**
 * Polls the server's health while the page is visible.
 */
export function followStatus() {
  show()
  setInterval(() => document.hidden || show(), intervalMs)
  document.addEventListener('visibilitychange', () => document.hidden || show())
}

async function show() {
  const status = await fetchStatus()
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-check]'))) {
    const up = status?.checks[item.dataset.check ?? '']
    const state = up === undefined ? 'unknown' : up ? 'up' : 'down'
    set(item.querySelector('.state'), state, state)
  }
  const summary = document.querySelector('#health-summary')
  if (status === undefined) set(summary, 'down', 'No response')
  else if (status.status === 'healthy') set(summary, 'up', 'Healthy')
  else set(summary, 'down', 'Unhealthy')
  const note = /** @type {HTMLElement} */ (document.querySelector('#health-note'))
  note.textContent = status === undefined ? 'The server is unreachable. Retrying every 5 seconds.' : ''
}

/** @returns {Promise<{ status: string, checks: Record<string, boolean> } | undefined>} undefined without a response */
async function fetchStatus() {
  try {
    const response = await fetch(new URL('../status', import.meta.url), {
      signal: AbortSignal.timeout(intervalMs),
    })
    return response.ok ? await response.json() : undefined
  } catch {
    return undefined
  }
}

/**
 * Writes changes only, because screen readers announce every write.
 * @param {Element | null} shown
 * @param {string} state
 * @param {string} text
 */
function set(shown, state, text) {
  if (!(shown instanceof HTMLElement) || shown.textContent === text) return
  shown.dataset.state = state
  shown.textContent = text
}
