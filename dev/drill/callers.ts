import { setTimeout as delay } from 'node:timers/promises'
import { connect, createClient } from '../demo/client.ts'
import { projectName } from '../lib/project-name.ts'
import { waitFor } from '../lib/wait-for.ts'
import { calledTool } from './called-tool.ts'
import type { StackDrill } from './stack-drill.ts'

const identity = { name: `${projectName}-drill`, version: '1.0.0', era: 'modern' } as const
/** Calls that wait for a table lock also hold a connection. */
const maxInFlight = 6

/** Calls a tool at a steady rate, and ignores the results. */
export function startCallers(
  mcpUrl: URL,
  { tool = calledTool.name, perSecond, arguments: fixed }: NonNullable<StackDrill['calls']>,
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const inFlight = new Set<Promise<unknown>>()

  async function run(): Promise<void> {
    const tryConnect = async () => {
      const client = createClient(identity)
      await connect(client, mcpUrl, signal)
      return client
    }
    const client = await waitFor(() => tryConnect().catch(() => undefined), {
      everyMs: 1_000,
      while: () => !signal.aborted,
    })
    for (let turn = 0; client && !signal.aborted; turn++) {
      if (inFlight.size < maxInFlight) {
        const args = fixed ?? calledTool.argumentsOf(`drill ${Date.now().toString(36)} ${turn}`)
        const call = client
          .callTool({ name: tool, arguments: args }, { signal, timeout: 15_000 })
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
