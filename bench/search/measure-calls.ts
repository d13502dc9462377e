import { z } from 'zod'
import { startRedis } from '../../dev/services/embedded-redis.ts'
import { defineTool, type Tool } from '../../src/mcp/define/define-tool.ts'
import { limitTime } from '../../src/mcp/pipeline/limit-time.ts'
import { type CallContext, composeCall, type OperationCall } from '../../src/mcp/pipeline/pipeline.ts'
import { useCache } from '../../src/mcp/pipeline/use-cache.ts'
import { validateInput } from '../../src/mcp/pipeline/validate-input.ts'
import { validateOutput } from '../../src/mcp/pipeline/validate-output.ts'
import { type ToolResult, toolOperation } from '../../src/mcp/register/tool-operation.ts'
import { toCallToolResult } from '../../src/mcp/register/tool-result.ts'
import { createCache } from '../../src/redis/cache.ts'
import { closeRedis, createRedis, waitUntilReady } from '../../src/redis/client.ts'
import search from '../../src/tools/search.tool.ts'
import { type BenchDatabase, noMetrics, silentLogger } from './database.ts'
import { quantile } from './measure-search.ts'
import type { Vocabulary } from './vocabulary.ts'

export interface CallFigures {
  /** Microseconds of CPU time per call in the pipeline alone, without HTTP and protocol. */
  readonly cachedCpu: number
  readonly echoCpu: number
  /** Statements sent by 100 concurrent equal calls. */
  readonly stampedeStatements: number
}

const echo = defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Returns its input.',
  effect: 'read',
  scopes: ['echo'],
  timeoutMs: 5_000,
  input: z.object({ query: z.string() }),
  output: z.object({ query: z.string() }),
  run: async ({ query }) => ({ query }),
})

const callsPerRound = 1_000
const rounds = 9

/** Alternates between cached searches and trivial calls, and measures a stampede. */
export async function measureCalls(
  { documents, sent }: BenchDatabase,
  vocabulary: Vocabulary,
): Promise<CallFigures> {
  const server = await startRedis()
  const redis = createRedis({ url: server.url, logger: silentLogger, metrics: noMetrics })
  try {
    await waitUntilReady(redis, 2_000)
    const cache = createCache({ redis, logger: silentLogger })
    const prepare = (tool: Tool) =>
      composeCall([limitTime, validateInput, useCache(cache), validateOutput], toolOperation(tool))
    const [searching, echoing] = [prepare(search), prepare(echo)]
    const context = { services: { documents } } as unknown as CallContext
    const query = `${vocabulary[0]} ${vocabulary[1]}`

    sent.length = 0
    await Promise.all(Array.from({ length: 100 }, () => call(searching, query, context)))
    const stampedeStatements = sent.length

    const cpu = { cached: [] as number[], echo: [] as number[] }
    for (let round = 0; round < rounds; round++) {
      cpu.cached.push(await cpuOf(() => call(searching, query, context)))
      cpu.echo.push(await cpuOf(() => call(echoing, query, context)))
    }
    return { cachedCpu: quantile(cpu.cached, 0.5), echoCpu: quantile(cpu.echo, 0.5), stampedeStatements }
  } finally {
    await closeRedis(redis)
    await server.stop()
  }
}

async function call(tool: OperationCall, query: string, { services }: CallContext): Promise<void> {
  const context = {
    services,
    signal: new AbortController().signal,
    progress: async () => undefined,
    caller: { id: 'bench', scopes: 'all' },
    record: {},
  } as unknown as CallContext
  toCallToolResult((await tool({ query }, context)) as ToolResult, false)
}

/** Runs sixteen calls concurrently. */
async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  for (let done = 0; done < callsPerRound; done += 16) await Promise.all(Array.from({ length: 16 }, work))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / callsPerRound
}
