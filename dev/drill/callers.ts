import { setTimeout as delay } from 'node:timers/promises'
import { connect, createClient } from '../demo/client.ts'
import { projectName } from '../lib/project-name.ts'

export interface Callers {
  stop(): Promise<void>
}

const user = { name: `${projectName}-drill`, version: '1.0.0', era: 'modern' } as const
/** More calls than that are not under way at once: who waits for a lock also holds a connection. */
const mostAtOnce = 6

/**
 * Calls a tool again and again, each time with a query that no cache knows, so that rates have something to
 * count also where the demo traffic is off. Nothing that the server does ends it.
 */
export function startCallers(mcpUrl: URL, tool: string, perSecond: number): Callers {
  const stopping = new AbortController()
  const { signal } = stopping
  const underWay = new Set<Promise<unknown>>()

  async function run(): Promise<void> {
    const client = await reach()
    for (let turn = 0; !signal.aborted; turn++) {
      if (underWay.size < mostAtOnce) {
        const query = `drill ${Date.now().toString(36)} ${turn}`
        const call = client
          .callTool({ name: tool, arguments: { query } }, { signal, timeout: 15_000 })
          .catch(() => undefined)
          .finally(() => underWay.delete(call))
        underWay.add(call)
      }
      await delay(1_000 / perSecond, undefined, { signal }).catch(() => undefined)
    }
    await Promise.all(underWay)
    await client.close()
  }

  async function reach() {
    for (;;) {
      const client = createClient(user)
      const isConnected = await connect(client, mcpUrl, signal).then(
        () => true,
        () => false,
      )
      if (isConnected) return client
      await delay(1_000, undefined, { signal })
    }
  }

  const running = run().catch(() => undefined)
  return {
    async stop() {
      stopping.abort()
      await running
    },
  }
}
