import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { type Answer, createClient } from './client.ts'
import type { Target } from './target.ts'

export interface Watch {
  readonly probes: number
  /** Probes whose answer was not 200. */
  readonly failures: readonly string[]
  readonly peakMemoryMiB: number
}

const intervalMs = 100
const prober = { address: '127.0.0.2', credential: {} }

/** Requests /livez and /readyz as an orchestrator does, and reads the resident memory, until it is stopped. */
export function startWatch({ server }: Target): { stop(): Promise<Watch> } {
  const client = createClient(server.url, prober)
  const failures: string[] = []
  let probes = 0
  let peakMemoryMiB = 0
  let stopped = false

  function record(path: string, { status, text }: Answer): void {
    probes++
    if (status !== 200) failures.push(`${path} ${status} ${text.slice(0, 200)}`)
  }

  async function requestProbes(): Promise<void> {
    while (!stopped) {
      record('/livez', await client.send({ path: '/livez' }))
      record('/readyz', await client.send({ path: '/readyz' }))
      await delay(intervalMs)
    }
  }

  async function readMemory(): Promise<void> {
    while (!stopped) {
      peakMemoryMiB = Math.max(peakMemoryMiB, residentMiB(server.pid))
      await delay(intervalMs)
    }
  }

  const running = Promise.all([requestProbes(), readMemory()])
  return {
    async stop() {
      stopped = true
      await running
      client.close()
      return { failures, probes, peakMemoryMiB }
    },
  }
}

/** Of a process and its children, as a container counts it. 0 for a process that has ended. */
function residentMiB(pid: number): number {
  try {
    const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
    return Number(kibibytes) / 1_024 + children.reduce((sum, child) => sum + residentMiB(Number(child)), 0)
  } catch {
    return 0
  }
}
