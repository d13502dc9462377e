import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createStreamKeepAlive } from '../../../../src/mcp/sdk/stream-keep-alive.ts'

function stream(writableNeedDrain = false) {
  const written: string[] = []
  return { written, writableNeedDrain, write: (text: string) => written.push(text) > 0 }
}

describe('createStreamKeepAlive', () => {
  it('writes a comment to every open stream that is not congested', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const keepAlive = createStreamKeepAlive()
    const [open, ended, congested] = [stream(), stream(), stream(true)]
    const releases = [open, ended, congested].map((one) => keepAlive.keep(one))
    releases[1]?.()
    t.mock.timers.tick(30_000)
    assert.deepEqual(open.written, [': keepalive\n\n', ': keepalive\n\n'])
    assert.deepEqual(ended.written, [])
    assert.deepEqual(congested.written, [], 'wrote to a stream whose client does not read')
    keepAlive.close()
    t.mock.timers.tick(30_000)
    assert.equal(open.written.length, 2)
  })

  it('spreads the writes evenly over the interval', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const keepAlive = createStreamKeepAlive()
    const streams = Array.from({ length: 150 }, () => stream())
    for (const one of streams) keepAlive.keep(one)
    for (let second = 1; second <= 15; second++) {
      t.mock.timers.tick(1_000)
      assert.equal(streams.filter(({ written }) => written.length > 0).length, second * 10)
    }
    keepAlive.close()
  })
})
