import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { bodyLimits, createBodyReader } from '../../../src/mcp/read-body.ts'

const mebibyte = 1024 * 1024

async function read(limitMiB: number, sizeMiB: number): Promise<'read' | string> {
  const chunks = Array<Buffer>(sizeMiB).fill(Buffer.alloc(mebibyte, ' '))
  const reader = createBodyReader(bodyLimits(limitMiB * mebibyte))
  const body = await reader.read(Readable.from(chunks) as IncomingMessage, 'caller', () => undefined)
  return typeof body === 'string' ? body : 'read'
}

describe('createBodyReader', () => {
  it('reads any single body within MAX_BODY_BYTES', async () => {
    assert.equal(await read(1, 1), 'read')
    assert.equal(await read(1, 2), 'too large')
    assert.equal(await read(16, 16), 'read')
    assert.equal(await read(16, 17), 'too large')
  })

  it('does not wait for the body of a client that has left', { timeout: 10_000 }, async () => {
    const req = Readable.from([Buffer.alloc(10)])
    req.destroy()
    await once(req, 'close')
    const body = createBodyReader(bodyLimits()).read(req as IncomingMessage, 'caller', () => undefined)
    assert.equal(await body, 'gone')
  })

  describe('with bodies that wait for their response', () => {
    function setUp() {
      const reader = createBodyReader({
        maxBytes: mebibyte,
        maxBytesOfCaller: 2 * mebibyte,
        maxTotalBytes: 3 * mebibyte,
      })
      return async (caller: string, size = mebibyte) => {
        let release = () => {}
        const req = Readable.from([Buffer.alloc(size)]) as IncomingMessage
        const body = await reader.read(req, caller, (task) => {
          release = task
        })
        return { outcome: typeof body === 'string' ? body : 'read', release }
      }
    }

    it('bounds the bodies of one caller until they are released, without blocking another caller', async () => {
      const send = setUp()
      const held = await send('a')
      assert.equal((await send('a')).outcome, 'read')
      assert.equal((await send('a')).outcome, 'too many')
      assert.equal((await send('b')).outcome, 'read')
      held.release()
      assert.equal((await send('a')).outcome, 'read')
    })

    it('bounds the bodies of all callers until they are released, except for small ones', async () => {
      const send = setUp()
      const held = await send('a')
      for (const caller of ['b', 'c']) assert.equal((await send(caller)).outcome, 'read')
      assert.equal((await send('d')).outcome, 'too many')
      assert.equal((await send('d', 16 * 1024)).outcome, 'read')
      held.release()
      assert.equal((await send('d')).outcome, 'read')
    })
  })

  it('cuts off a body that does not end', async () => {
    let chunks = 0
    function* body() {
      for (; chunks < 1_000; chunks++) yield Buffer.alloc(mebibyte)
    }
    const req = Readable.from(body()) as IncomingMessage
    assert.equal(await createBodyReader(bodyLimits()).read(req, 'caller', () => undefined), 'too large')
    assert.ok(chunks < 100, `${chunks} MiB read`)
  })
})
