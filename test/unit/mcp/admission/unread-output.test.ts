import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { anonymous } from '../../../../src/auth/caller.ts'
import { createUnreadOutputLimit } from '../../../../src/mcp/admission/unread-output.ts'

const maxBytes = 1024 * 1024
/** More than the kernel buffers. */
const response = Buffer.alloc(16 * maxBytes)

describe('createUnreadOutputLimit', () => {
  const admission = createUnreadOutputLimit(maxBytes)
  const server = createServer((req, res) => {
    const owner = String(req.headers.owner)
    const rejection = admission({ req, res, caller: anonymous, owner })
    res.statusCode = rejection?.httpStatus ?? 200
    res.end(rejection ? rejection.message : response)
  })
  let url = ''
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(() => server.close().closeAllConnections())

  const statusFor = async (owner: string) => {
    const { status, body } = await fetch(url, { headers: { owner } })
    await body?.cancel()
    return status
  }

  it('rejects requests of a caller with unread responses, and of no other, until they are read', async () => {
    const reader = connect(Number(new URL(url).port), '127.0.0.1').pause()
    reader.write('GET / HTTP/1.1\r\nHost: localhost\r\nOwner: slow\r\n\r\n')
    const statuses = new Set<number>()
    for (let tries = 0; tries < 200 && !statuses.has(503); tries++) {
      statuses.add(await statusFor('slow'))
      await delay(10)
    }
    assert.ok(statuses.has(503))
    assert.equal(await statusFor('other'), 200)

    reader.resume()
    let status = 503
    for (let tries = 0; tries < 200 && status !== 200; tries++) {
      status = await statusFor('slow')
      await delay(10)
    }
    assert.equal(status, 200)
    reader.destroy()
  })
})
