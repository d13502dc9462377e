import { projectName } from '../lib/project-name.ts'

export const wikipedia = 'https://en.wikipedia.org'

const timeoutMs = 1_500

/** Whether a real search at Wikipedia is answered from here, and soon enough to be of use. */
export async function wikipediaIsReachable(): Promise<boolean> {
  try {
    const response = await fetch(`${wikipedia}/w/rest.php/v1/search/page?q=observability&limit=1`, {
      headers: { 'user-agent': `${projectName} (reachability check of the development launcher)` },
      signal: AbortSignal.timeout(timeoutMs),
    })
    const body = (await response.json()) as { pages?: unknown }
    return response.ok && Array.isArray(body.pages)
  } catch {
    return false
  }
}
