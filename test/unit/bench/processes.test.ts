import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { allowedCores, setAffinity } from '../../../bench/affinity.ts'
import { countEvent, countInstructions } from '../../../bench/instructions.ts'

const skipWithout = (command: string) =>
  spawnSync(command, ['--version']).error === undefined ? false : `needs ${command}`

async function withBusyProcess(work: (pid: number) => Promise<void>): Promise<void> {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'console.log(1); for (;;);'])
  if (child.stdout) await once(child.stdout, 'data')
  try {
    await work(child.pid ?? Number.NaN)
  } finally {
    child.kill('SIGKILL')
  }
}

describe('benchmarked processes', () => {
  it('are pinned with all their threads', { skip: skipWithout('taskset') }, () =>
    withBusyProcess(async (pid) => {
      const core = allowedCores().at(-1) ?? Number.NaN
      setAffinity(pid, [core])
      const { stdout } = spawnSync('taskset', ['-acp', String(pid)], { encoding: 'utf8' })
      const threads = stdout.trim().split('\n')
      assert.ok(threads.length > 1)
      for (const thread of threads) assert.match(thread, new RegExp(`: ${core}$`))
      assert.throws(() => setAffinity(pid, [9_999]), /cannot set the affinity/)
    }),
  )

  it('are counted by perf', { skip: skipWithout('perf') }, () =>
    withBusyProcess(async (pid) => {
      const milliseconds = await countEvent('task-clock', pid, () => delay(200))
      assert.ok(milliseconds !== undefined && milliseconds > 0, `${milliseconds}`)
      assert.equal(await countEvent('no-such-event', pid, () => delay(1)), undefined)
      const instructions = await countInstructions(pid, () => delay(200))
      assert.ok(instructions === undefined || instructions > 1_000, `${instructions}`)
    }),
  )
})
