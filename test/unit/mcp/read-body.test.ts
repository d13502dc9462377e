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
})
