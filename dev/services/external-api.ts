import { log } from '../lib/command.ts'
import { projectName } from '../lib/project-name.ts'
import { startSampleApi } from './sample-api.ts'
import type { Service } from './service.ts'

const wikipedia = 'https://en.wikipedia.org'
const timeoutMs = 1_500

/** Wikipedia, the server's default, or a local stand-in where it is unreachable. */
export async function provideExternalApi(): Promise<Service | string> {
  if (await wikipediaIsReachable()) return `Wikipedia (${wikipedia})`
  log(sampleDataWarning)
  return startSampleApi()
}

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
WARNING: ${wikipedia} is unreachable.
The external API is a local stand-in: search_wikipedia returns SAMPLE DATA, a few
dozen short entries written for this project. For real results, restart with
network access, or set EXTERNAL_API_URL to a server with the same search API.
`
