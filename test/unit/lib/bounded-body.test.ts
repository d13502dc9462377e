import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readBounded } from '../../../src/lib/bounded-body.ts'

describe('readBounded', () => {
  it('stops reading a body that exceeds its bound', async () => {
    let chunks = 0
    let isClosed = false
    async function* body() {
      try {
        for (; chunks < 1_000; chunks++) yield Buffer.alloc(100)
      } finally {
        isClosed = true
      }
    }
    await assert.rejects(readBounded(new Response(body()), 1_000), /exceeds 1000 bytes/)
    assert.ok(chunks < 20, `${chunks} chunks`)
    assert.ok(isClosed)
  })

  it('counts bytes and accepts a body that reaches its bound', async () => {
    assert.equal(await readBounded(new Response('é'.repeat(500)), 1_000), 'é'.repeat(500))
    await assert.rejects(readBounded(new Response('é'.repeat(500)), 999), /exceeds 999 bytes/)
  })

  it('decodes characters that are split across chunks', async () => {
    async function* bytes() {
      for (const byte of Buffer.from('aé→😀')) yield Buffer.of(byte)
    }
    assert.equal(await readBounded(new Response(bytes()), 100), 'aé→😀')
  })

  it('reads a response without a body as empty text', async () => {
    assert.equal(await readBounded(new Response(null), 0), '')
  })
})
