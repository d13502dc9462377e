import { projectName } from '../lib/project-name.ts'
import { startSampleApi } from './sample-api.ts'
import type { Service } from './service.ts'

const wikipedia = 'https://en.wikipedia.org'
const timeoutMs = 1_500

/** Wikipedia, which needs no start and is the server's default; where it cannot be reached, a stand-in for it. */
export async function provideExternalApi(log: (text: string) => void): Promise<Service | string> {
  if (await wikipediaIsReachable()) return `Wikipedia (${wikipedia})`
  log(sampleDataWarning)
  return startSampleApi()
}

/** Whether a search at Wikipedia is answered from here, and soon enough to be of use. */
async function wikipediaIsReachable(): Promise<boolean> {
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

const sampleDataWarning = `
WARNING: ${wikipedia} cannot be reached from here.
The external API is a local stand-in: search_wikipedia returns SAMPLE DATA, a few
dozen short entries written for this project, and no results of Wikipedia.
To change that, start again with a network, or set EXTERNAL_API_URL, in .env say,
to a server that offers the same search.
`
