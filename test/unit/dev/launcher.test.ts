import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cpuSecondsOf } from '../../../dev/launcher/process-identity.ts'
import { watchProgress } from '../../../dev/launcher/progress.ts'
import { waitFor } from '../../../dev/lib/wait-for.ts'

describe('waiting for a value', () => {
  it('repeats the attempt until there is one', async () => {
    let attempts = 0
    const value = await waitFor(() => (++attempts === 3 ? 'there' : undefined), { everyMs: 1 })
    assert.deepEqual([value, attempts], ['there', 3])
  })

  it('gives up after the time, and as soon as the value cannot come any more', async () => {
    assert.equal(await waitFor(() => undefined, { everyMs: 1, timeoutMs: 20 }), undefined)
    let attempts = 0
    const attempt = () => void ++attempts
    assert.equal(await waitFor(attempt, { everyMs: 1, while: () => attempts < 2 }), undefined)
    assert.equal(attempts, 2)
  })
})

describe('the progress of a server that starts', () => {
  function watch(stallMs: number) {
    const lines: string[] = []
    const state = { now: 0, used: 0 }
    const makesProgress = watchProgress({
      pid: 1,
      awaited: 'the server to listen on port 8080',
      log: (line) => lines.push(line),
      stallMs,
      now: () => state.now,
      cpuSeconds: () => state.used,
    })
    return {
      lines,
      /** Lets seconds pass, each with so much CPU time. */
      pass(seconds: number, cpuPerSecond: number) {
        const results = Array.from({ length: seconds }, () => {
          state.now += 1_000
          state.used += cpuPerSecond
          return makesProgress()
        })
        return results.at(-1)
      },
    }
  }

  it('is given as long as the server uses CPU time, and reported every 10 s', () => {
    const { lines, pass } = watch(60_000)
    assert.equal(pass(300, 0.05), true)
    assert.equal(lines.length, 30)
    assert.equal(lines[1], 'Waiting for the server to listen on port 8080 (20 s; CPU time used: 1.0 s)')
  })

  it('ends when the server has been idle for too long', () => {
    const { lines, pass } = watch(60_000)
    assert.equal(pass(10, 0.5), true)
    assert.equal(pass(58, 0.001), true)
    assert.match(lines.at(-1) ?? '', /60 s; CPU time used: 5\.\d s, idle for 50 s/)
    assert.equal(pass(3, 0.001), false)
  })

  it('is neither reported nor ended without a limit', () => {
    const { lines, pass } = watch(Number.POSITIVE_INFINITY)
    assert.equal(pass(600, 0), true)
    assert.deepEqual(lines, [])
  })

  it('is measured by the CPU time of the process', () => {
    const before = cpuSecondsOf(process.pid) ?? Number.NaN
    for (const end = performance.now() + 300; performance.now() < end; );
    const after = cpuSecondsOf(process.pid) ?? Number.NaN
    assert.ok(after > before && after < before + 10, `${before} ${after}`)
    assert.equal(cpuSecondsOf(2 ** 30), undefined)
  })
})
