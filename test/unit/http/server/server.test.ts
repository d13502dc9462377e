import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createHttpServer } from '../../../../src/http/server/server.ts'
import type { Rejection } from '../../../../src/telemetry/rejections.ts'
import { afterFile } from '../../../support/cleanup.ts'
import { openConnection, type RawConnection } from '../../../support/socket.ts'
import { until } from '../../../support/until.ts'
import { withResolvers } from '../../../support/with-resolvers.ts'

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

describe('createHttpServer', () => {
  it('closes an idle connection and keeps a stream that sends data', { timeout: 20_000 }, async () => {
    const { url } = await serve(
      (req, res) => {
        res.writeHead(200).write('started')
        if (req.url === '/idle') return
        const interval = setInterval(() => res.write(':'), 100)
        setTimeout(() => {
          clearInterval(interval)
          res.end('done')
        }, 1_200)
      },
      { idleTimeoutMs: 400, keepAliveTimeoutMs: 100 },
    )
    const idle = openConnection(url, get.replace('/', '/idle'))
    const active = openConnection(url, get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
    const [ended, kept] = await Promise.all([idle.closed, active.closed])
    assert.match(ended.text, /started/)
    assert.match(kept.text, /done/)
    assert.ok(ended.afterMs < kept.afterMs, `${ended.afterMs}`)
  })

  it('returns 408 for an incomplete body without counting a rejection', async () => {
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

  it('passes at most 200 headers of a request to its listener, or rejects it, as newer versions of Node do', async () => {
    const { url } = await serve((req, res) => res.end(`${Object.keys(req.headers).length}`))
    const extra = Array.from({ length: 300 }, (_, n) => `x-${n}: 1\r\n`).join('')
    const head = `GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${extra}\r\n`
    assert.match((await openConnection(url, head).closed).text, /\r\n200$|^HTTP\/1\.1 431 /)
  })

  it('writes no error response into a response that has started', async () => {
    const { url, reasons } = await serve((_req, res) => {
      res.writeHead(200, { 'content-length': '100' }).write('started')
    })
    const connection = openConnection(url, get)
    await until(() => connection.received().includes('started'))
    connection.socket.write('this is no HTTP\r\n\r\n')
    assert.match((await connection.closed).text, /started$/)
    assert.deepEqual(reasons(), ['malformed_http'])
  })

  it('keeps a connection between two requests beyond the idle timeout', async () => {
    const { url } = await serve((_req, res) => res.end('ok'), {
      idleTimeoutMs: 100,
      keepAliveTimeoutMs: 60_000,
    })
    const connection = openConnection(url, get)
    await until(() => connection.received().endsWith('ok'))
    await delay(400)
    connection.socket.write(get)
    await until(() => connection.received().match(/ok/g)?.length === 2 || connection.socket.destroyed)
    assert.equal(connection.socket.destroyed, false)
  })

  it('closes the longest idle connection beyond maxIdleConnections, never one with an open request', async () => {
    const { url } = await serve(
      (req, res) => {
        if (req.url === '/slow') res.writeHead(200).write('started')
        else res.end('ok')
      },
      { maxIdleConnections: 1 },
    )
    const slow = openConnection(url, get.replace('/', '/slow'))
    await until(() => slow.received().includes('started'))
    const idle: RawConnection[] = []
    for (let n = 0; n < 3; n++) {
      const connection = openConnection(url, get)
      await until(() => connection.received().endsWith('ok'))
      idle.push(connection)
    }
    await Promise.all(idle.slice(0, 2).map(({ closed }) => closed))
    idle[2]?.socket.write(get)
    await until(() => idle[2]?.received().match(/ok/g)?.length === 2)
    assert.equal(slow.socket.destroyed, false)
  })

  it('closes connections beyond maxConnections', async () => {
    const { url } = await serve((_req, res) => res.end('ok'), { maxConnections: 2 })
    const open = [openConnection(url, get), openConnection(url, get)]
    await until(() => open.every(({ received }) => received().endsWith('ok')))
    assert.equal((await openConnection(url, get).closed).text, '')
  })

  describe('with a least rate for readers', () => {
    const size = 16 * 1024 * 1024
    const limits = { minReadBytesPerSecond: 100 * 1024, slowReaderGraceMs: 1_000 }

    it('serves a client that reads one large write faster than that', async () => {
      const { url } = await serve((_req, res) => res.end(Buffer.alloc(size)), limits)
      const { socket, closed } = openConnection(url, get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'))
      socket.on('data', () => socket.pause())
      const reading = setInterval(() => socket.resume(), 10)
      const { text, afterMs } = await closed
      clearInterval(reading)
      assert.ok(text.length > size, `${text.length} bytes after ${afterMs} ms`)
      assert.ok(afterMs > 2 * limits.slowReaderGraceMs, 'the client read too fast for this test')
    })

    it('closes the connection of a client that reads nothing', { timeout: 10_000 }, async () => {
      const closed = withResolvers<void>()
      const { url } = await serve((_req, res) => {
        res.once('close', closed.resolve)
        res.end(Buffer.alloc(size))
      }, limits)
      openConnection(url, get).socket.pause()
      await closed.promise
    })
  })

  it('writes no error response into an earlier response of pipelined requests', async () => {
    const { url } = await serve((req, res) => {
      if (req.url === '/stream') res.writeHead(200).write('started')
    })
    const connection = openConnection(url, get.replace('/', '/stream'), get)
    await until(() => connection.received().includes('started'))
    connection.socket.write('this is no HTTP\r\n\r\n')
    assert.doesNotMatch((await connection.closed).text, /400 Bad Request/)
  })
})
