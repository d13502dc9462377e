import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import express from 'express'
import { AppError } from '../../../../src/errors.ts'
import { createErrorHandler } from '../../../../src/http/middleware/error-handler.ts'
import { createGuards } from '../../../../src/http/middleware/guards.ts'
import { requestId } from '../../../../src/http/middleware/request-id.ts'
import { rejectRequest } from '../../../../src/http/reject.ts'
import { afterFile } from '../../../support/cleanup.ts'
import { silentLogger } from '../../../support/logger.ts'

const payloads = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '</p></main></title><svg/onload=alert(1)>',
  '"><b onmouseover="alert(1)">',
]
const reject = () => undefined

/** Serves errors whose messages repeat what the client sent, as messages of a fork may do. */
async function serve() {
  const app = express()
  app.use(requestId)
  app.use('/guarded', createGuards({ allowedHosts: ['localhost'], allowedOrigins: ['localhost'], reject }))
  app.get('/rejected/:id', (req, res) => {
    const message = `No document ${req.params.id}, request ${req.get('x-request-id')}`
    rejectRequest({ req, res }, { reason: 'invalid_request', httpStatus: 400, message }, reject)
  })
  app.use('/files', express.static(import.meta.dirname))
  app.use((req, _res, next) => {
    next(new AppError('not_found', `Nothing at ${decodeURIComponent(req.path)} of ${req.get('host')}`))
  })
  app.use(createErrorHandler(silentLogger))
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  const { port } = server.address() as AddressInfo
  return async (path: string, headers: Record<string, string> = {}) => {
    const sent = request({
      port,
      host: '127.0.0.1',
      path,
      headers: { accept: 'text/html', ...headers },
    }).end()
    const [response] = await once(sent, 'response')
    const { statusCode: status, headers: received } = response as IncomingMessage
    return { status, received, type: received['content-type'] ?? '', html: await text(response) }
  }
}

describe('a rejection without a known id', () => {
  it('is no JSON-RPC message, because some clients drop one and wait forever', async () => {
    const get = await serve()
    const { html, type } = await get('/rejected/x', { accept: 'application/json', 'x-request-id': 'edge' })
    assert.match(type, /^application\/json/)
    assert.deepEqual(JSON.parse(html), { error: { code: -32000, message: 'No document x, request edge' } })
  })
})

describe('an error page', () => {
  it('escapes markup in paths, ids, hosts and origins', async () => {
    const get = await serve()
    for (const payload of payloads) {
      const encoded = encodeURIComponent(payload)
      const pages = {
        path: await get(`/${encoded}`),
        id: await get(`/rejected/${encoded}`),
        'request id': await get('/rejected/x', { 'x-request-id': payload }),
        host: await get('/unknown', { host: payload }),
        'guarded host': await get('/guarded', { host: payload }),
        origin: await get('/guarded', { host: 'localhost', origin: payload }),
      }
      for (const [place, { type, html }] of Object.entries(pages)) {
        assert.match(type, /^text\/html/, place)
        assert.doesNotMatch(html, /<(script|img|svg|b)\b/, `${place}: ${payload}`)
      }
    }
  })

  it('of a file has the status of the range or condition that does not fit, other bad requests have 400', async () => {
    const get = await serve()
    const file = '/files/error-handler.test.ts'
    const range = await get(file, { range: 'bytes=99999999-' })
    assert.equal(range.status, 416)
    assert.match(range.received['content-range'] ?? '', /^bytes \*\/\d+$/)
    assert.match(range.html, /Range Not Satisfiable/)
    const json = await get(file, { range: 'bytes=99999999-', accept: '*/*' })
    assert.match(json.type, /^application\/json/)
    assert.equal(json.received['last-modified'], undefined)
    assert.equal((await get(file, { 'if-match': '"other"' })).status, 412)
    assert.equal((await get('/rejected/%zz')).status, 400)
  })
})
