import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { connectLoad } from './load.ts'
import { echo } from './rpc.ts'
import { type ServerCommand, startServerProcess } from './server-process.ts'

/**
 * Counts a perf event of a process, in all its threads, while the work runs.
 *
 * @returns undefined where perf or the event does not exist, as in most virtual machines
 */
export async function countEvent(
  event: string,
  pid: number,
  work: () => Promise<unknown>,
): Promise<number | undefined> {
  const perf = spawn('perf', ['stat', '-x,', '-e', event, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Decimal points.
    env: { ...process.env, LC_ALL: 'C' },
  })
  let output = ''
  perf.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
  const ended = once(perf, 'close').catch(() => undefined)
  await work()
  perf.kill('SIGINT')
  await ended
  const count = Number.parseFloat(output.split('\n').find((line) => line.includes(event)) ?? '')
  return Number.isNaN(count) ? undefined : count
}

let isSupported: boolean | undefined

/** Instructions in user mode; without hardware counters the work does not run. */
export async function countInstructions(
  pid: number,
  work: () => Promise<unknown>,
): Promise<number | undefined> {
  const event = 'instructions:u'
  isSupported ??= (await countEvent(event, process.pid, () => delay(50))) !== undefined
  return isSupported ? countEvent(event, pid, work) : undefined
}

/** Instructions per call under callgrind, in three consecutive parts of the load. Slows a server down fiftyfold. */
export async function callgrind(command: ServerCommand, warmUp: number, calls: number): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-callgrind-'))
  const file = join(folder, 'out')
  // Generated code changes.
  const options = ['--instr-atstart=no', '--smc-check=all-non-file', `--callgrind-out-file=${file}`]
  const server = await startServerProcess({
    ...command,
    prefix: ['valgrind', '--quiet', '--tool=callgrind', ...options],
  })
  const control = (...args: string[]) =>
    execFileSync('callgrind_control', [...args, String(server.pid)], { stdio: 'ignore' })
  try {
    // Few connections: queued calls would exceed their deadlines.
    const load = await connectLoad({ port: server.port, era: 'modern', connections: 4, rpc: echo })
    await load.run(warmUp)
    control('-i', 'on')
    const counts: number[] = []
    for (let part = 1; part <= 3; part++) {
      await load.run(calls)
      control('-d')
      const totals = /^totals: (\d+)/m.exec(readFileSync(`${file}.${part}`, 'utf8'))?.[1]
      counts.push(Number(totals) / calls)
    }
    load.close()
    return counts
  } finally {
    await server.stop()
    rmSync(folder, { recursive: true })
  }
}
