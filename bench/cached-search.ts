import { execFileSync } from 'node:child_process'
import { cost } from './cost.ts'
import { connectLoad } from './load.ts'
import { echo, toolCall } from './rpc.ts'
import type { ServerProcess } from './server-process.ts'
import { type Spread, spread } from './statistics.ts'

export interface CachedSearchCost {
  readonly searchMicros: Spread
  readonly echoMicros: Spread
}

const word = 'cachedsearch'
const documents = 10

const isNoError = (result: unknown) => (result as { isError?: boolean }).isError !== true

export const search = toolCall('search', { query: word }, (result) =>
  JSON.stringify(result).includes(`${word} number`),
)

/** Alternates between cached searches and calls of a trivial tool, both over HTTP. */
export async function costOfCachedSearch(server: ServerProcess): Promise<CachedSearchCost> {
  await addDocuments(server)
  const searches: number[] = []
  const echoes: number[] = []
  for (let round = 0; round < 16; round++) {
    searches.push(await cost(server, { connections: 16, rpc: search }, 1_500))
    echoes.push(await cost(server, { connections: 16, rpc: echo }, 1_500))
  }
  // The first rounds are the warm-up.
  return { searchMicros: spread(searches.slice(4)), echoMicros: spread(echoes.slice(4)) }
}

/** Adds the documents that `search` finds. */
export async function addDocuments({ port }: ServerProcess): Promise<void> {
  // The database may be new.
  execFileSync(process.execPath, ['dist/commands/migrate.js'], { stdio: ['ignore', 'ignore', 'inherit'] })
  for (let number = 0; number < documents; number++) {
    const title = `A ${word} number ${number}`
    const text = `This is the ${word} of many equal queries, with enough text around it for a snippet of the usual length.`
    const add = toolCall('add_document', { title, text, tags: ['bench'] }, isNoError)
    const load = await connectLoad({ port, era: 'modern', connections: 1, rpc: add })
    await load.run(1)
    load.close()
  }
}
