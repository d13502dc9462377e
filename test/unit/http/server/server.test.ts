import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { createHttpServer } from '../../../../src/http/server/server.ts'
import type { Rejection } from '../../../../src/telemetry/rejections.ts'
import { afterFile } from '../../../support/cleanup.ts'
import { openConnection } from '../../../support/socket.ts'

type Changes = Omit<Parameters<typeof createHttpServer>[1], 'reject'>

async function serve(listener: RequestListener, changes: Changes = {}) {
  const rejections: Rejection[] = []
  const server = createHttpServer(listener, {
    reject: (rejection) => rejections.push(rejection),
    checkEveryMs: 50,
    ...changes,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reasons: () => rejections.map(({ reason }) => reason),
  }
}

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe('the HTTP server', () => {
  it('closes a connection on which no byte moves, and keeps a stream that is alive', async () => {
    const { url } = await serve(
      (req, res) => {
        res.writeHead(200).write('begun')
        if (req.url === '/silent') return
        const sending = setInterval(() => res.write(':'), 100)
        setTimeout(() => {
          clearInterval(sending)
          res.end('done')
        }, 1_200)
      },
      { idleTimeoutMs: 400, keepAliveTimeoutMs: 100 },
    )
    const silent = openConnection(url, get.replace('/', '/silent'))
    const alive = openConnection(url, get)
    const { text, afterMs } = await silent.closed
    assert.match(text, /begun/)
    assert.ok(afterMs < 1_200, `${afterMs}`)
    assert.match((await alive.closed).text, /done/)
  })

  it('answers 408 to a body that does not come, and leaves reporting to who reads it', async () => {
    const { url, reasons } = await serve((req) => req.resume().on('error', () => undefined), {
      headersTimeoutMs: 200,
      requestTimeoutMs: 300,
    })
    const { text } = await openConnection(
      url,
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nabc',
    ).closed
    assert.match(text, /^HTTP\/1\.1 408 /)
    assert.deepEqual(reasons(), [])
  })

  it('writes nothing into an answer that has begun', async () => {
    const { url, reasons } = await serve((_req, res) => {
      res.writeHead(200, { 'content-length': '100' }).write('begun')
    })
    const connection = openConnection(url, get)
    while (!connection.received().includes('begun')) await new Promise((resolve) => setTimeout(resolve, 10))
    connection.socket.write('this is no HTTP\r\n\r\n')
    assert.match((await connection.closed).text, /begun$/)
    assert.deepEqual(reasons(), ['malformed_http'])
  })

  it('takes no more connections than it may', async () => {
    const { url } = await serve((_req, res) => res.end('ok'), { maxConnections: 2 })
    const open = [openConnection(url, get), openConnection(url, get)]
    while (open.some(({ received }) => !received().endsWith('ok')))
      await new Promise((resolve) => setTimeout(resolve, 10))
    assert.equal((await openConnection(url, get).closed).text, '')
  })
})
