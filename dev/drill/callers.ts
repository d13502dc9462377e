import { setTimeout as delay } from 'node:timers/promises'
import { connect, createClient } from '../demo/client.ts'
import { projectName } from '../lib/project-name.ts'
import { waitFor } from '../lib/wait-for.ts'
import { calledTool } from './called-tool.ts'

const identity = { name: `${projectName}-drill`, version: '1.0.0', era: 'modern' } as const
/** Bounds calls in flight: one that waits for a lock also holds a connection. */
const mostAtOnce = 6

/** Calls a tool again and again, whatever the server answers. */
export function startCallers(
  mcpUrl: URL,
  { tool = calledTool.name, perSecond }: { tool?: string; perSecond: number },
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const inFlight = new Set<Promise<unknown>>()

  async function run(): Promise<void> {
    const client = await waitFor(
      () => {
        const candidate = createClient(identity)
        return connect(candidate, mcpUrl, signal).then(
          () => candidate,
          () => undefined,
        )
      },
      { everyMs: 1_000, while: () => !signal.aborted },
    )
    for (let turn = 0; client && !signal.aborted; turn++) {
      if (inFlight.size < mostAtOnce) {
        const params = {
          name: tool,
          arguments: calledTool.argumentsOf(`drill ${Date.now().toString(36)} ${turn}`),
        }
        const call = client
          .callTool(params, { signal, timeout: 15_000 })
          .catch(() => undefined)
          .finally(() => inFlight.delete(call))
        inFlight.add(call)
      }
      await delay(1_000 / perSecond, undefined, { signal }).catch(() => undefined)
    }
    await Promise.all(inFlight)
    await client?.close()
  }

  const running = run().catch(() => undefined)
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
