import { execFileSync } from 'node:child_process'
import { cost } from './cost.ts'
import { connectLoad } from './load.ts'
import { echo, type Rpc } from './rpc.ts'
import type { ServerProcess } from './server-process.ts'
import { type Spread, spread } from './statistics.ts'

export interface CachedSearchCost {
  readonly searchMicros: Spread
  readonly echoMicros: Spread
}

const word = 'cachedsearch'
const documents = 10

const toolCall = (name: string, args: object, isRight: Rpc['isRight']) => (id: number) => ({
  method: 'tools/call',
  params: { name, arguments: args },
  id,
  isRight,
})

const isNoError = (result: unknown) => (result as { isError?: boolean }).isError !== true

/** A page of hits, as the cache keeps it. */
export const search = toolCall('search', { query: word }, (result) =>
  JSON.stringify(result).includes(`${word} number`),
)

/** Whole calls by HTTP, in turns: one of a search whose answer is in the cache, one of a tool that has nothing to do. */
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

/** What the search finds. */
export async function addDocuments({ port }: ServerProcess): Promise<void> {
  // A database of the bench's own has no tables yet.
  execFileSync(process.execPath, ['dist/commands/migrate.js'], { stdio: ['ignore', 'ignore', 'inherit'] })
  for (let number = 0; number < documents; number++) {
    const title = `A ${word} number ${number}`
    const text = `This is the ${word} that is asked for again and again, with a text around it that makes a snippet of usual length.`
    const add = toolCall('add_document', { title, text, tags: ['bench'] }, isNoError)
    const load = await connectLoad({ port, era: 'modern', connections: 1, rpc: add })
    await load.run(1)
    load.close()
  }
}
