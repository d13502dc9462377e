import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createStreamKeepAlive } from '../../../../src/mcp/sdk/stream-keep-alive.ts'

function stream(writableNeedDrain = false) {
  const written: string[] = []
  return { written, writableNeedDrain, write: (text: string) => written.push(text) > 0 }
}

describe('keeping streams alive', () => {
  it('writes a comment to every open stream, with one timer, and to no other', (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    const keepAlive = createStreamKeepAlive()
    const [open, ended, full] = [stream(), stream(), stream(true)]
    const endings = [open, ended, full].map((one) => keepAlive.keep(one))
    endings[1]?.()
    t.mock.timers.tick(30_000)
    assert.deepEqual(open.written, [': keepalive\n\n', ': keepalive\n\n'])
    assert.deepEqual(ended.written, [])
    assert.deepEqual(full.written, [], 'a stream that is not read is given no more')
    keepAlive.close()
    t.mock.timers.tick(30_000)
    assert.equal(open.written.length, 2)
  })

  it('serves a part of the streams each second', (t) => {
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
