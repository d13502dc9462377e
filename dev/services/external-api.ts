import { startSampleApi } from './sample-api.ts'
import type { Service } from './service.ts'
import { wikipedia, wikipediaIsReachable } from './wikipedia-reachable.ts'

/** Wikipedia, which needs no start and is the server's default, or where it can't be reached a stand-in for it. */
export async function provideExternalApi(log: (text: string) => void): Promise<Service | string> {
  if (await wikipediaIsReachable()) return `Wikipedia (${wikipedia})`
  log(sampleDataWarning)
  return startSampleApi()
}

const sampleDataWarning = `
WARNING: ${wikipedia} cannot be reached from here.
The external API is a local stand-in: search_wikipedia returns SAMPLE DATA, a few
dozen short entries written for this project, and no results of Wikipedia.
To change that, start again with a network, or set EXTERNAL_API_URL, in .env say,
to a server that offers the same search.
`
