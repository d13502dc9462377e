import { type ChildProcess, spawn } from 'node:child_process'
import { cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { startRedis } from '../dev/services/embedded-redis.ts'
import type { Service } from '../dev/services/service.ts'
import { allowedCores, setAffinity } from './affinity.ts'
import { startOtlpSink } from './otlp.ts'
import type { ProductContext } from './product.ts'

/** What the servers of a run share. */
export interface Setup {
  readonly context: ProductContext
  /** With the substitute for Redis, if it was asked for. */
  readonly substituteContext: ProductContext
  /** Places client, Redis and OTLP receiver. @returns the command that places the server beside them */
  place(pinned: boolean): readonly string[]
  /** Lets `peers/neighbour.mjs` run on the client's core, at the lowest priority, or stops it. @throws Error if it cannot */
  disturb(on: boolean): void
  /** Machine, services and cores; the load average shows neighbours. */
  describe(): string
  stop(): Promise<void>
}

/**
 * Starts a Redis of its own: the pinned process must be known, and no other client may use it. Pinned, the server has
 * the last core for itself; everything else shares the first one. Nothing can be pinned without `taskset` or with one core.
 */
export async function startSetup({ substitute = false, pin = true } = {}): Promise<Setup> {
  const cores = allowedCores()
  const canPin = pin && cores.length > 1
  const sink = await startOtlpSink()
  const redis = await startRedis()
  const services: Service[] = [redis]
  if (substitute) {
    process.env.DEV_REDIS = 'substitute'
    services.push(await startRedis())
  }
  const contextOf = ({ url }: Service): ProductContext => ({
    env: { ...process.env, REDIS_URL: url },
    otlpUrl: sink.url,
  })
  let placed: readonly number[] | undefined
  let neighbour: ChildProcess | undefined
  let isDisturbed = false
  const loadAtStart = loadavg()[0]?.toFixed(1)
  return {
    context: contextOf(redis),
    substituteContext: contextOf(services.at(-1) ?? redis),
    place(pinned) {
      if (!canPin) return []
      const shared = pinned ? cores.slice(0, 1) : cores
      if (shared.length !== placed?.length)
        for (const pid of [process.pid, sink.pid, ...services.map(({ pid }) => pid)]) setAffinity(pid, shared)
      placed = shared
      // Explicit, because a child inherits the affinity of this process.
      return ['taskset', '-c', (pinned ? cores.slice(-1) : cores).join(',')]
    },
    disturb(on) {
      if (on === isDisturbed) return
      isDisturbed = on
      if (!canPin) throw new Error('a neighbour needs taskset and two cores')
      if (neighbour) {
        if (!neighbour.kill(on ? 'SIGCONT' : 'SIGSTOP')) throw new Error('the neighbour has ended')
      } else {
        const file = fileURLToPath(new URL('peers/neighbour.mjs', import.meta.url))
        neighbour = spawn('nice', ['-n', '19', 'taskset', '-c', `${cores[0]}`, process.execPath, file])
      }
    },
    describe: () =>
      [
        `Node ${process.versions.node}`,
        `${cpus().length} × ${cpus()[0]?.model.trim()}`,
        services.map(({ engine }) => engine).join(' and '),
        canPin
          ? `server on core ${cores.at(-1)}; client, Redis and OTLP receiver on core ${cores[0]}`
          : 'nothing pinned',
        `load average ${loadAtStart} at the start, ${loadavg()[0]?.toFixed(1)} at the end`,
      ].join('; '),
    async stop() {
      neighbour?.kill('SIGKILL')
      for (const { stop } of [sink, ...services]) await stop()
    },
  }
}
