import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { before, describe, it } from 'node:test'
import type { Notification } from '../../../deploy/alert-sink/notification.ts'
import { createAlertSink } from '../../../deploy/alert-sink/server.ts'
import { afterFile } from '../../support/cleanup.ts'

const printed: Notification[] = []
const gateway = createServer((_request, response) => response.writeHead(gatewayStatus).end())
let gatewayStatus = 200
let port: number
before(async () => {
  const gatewayPort = await listen(gateway)
  const sink = createAlertSink((notification) => printed.push(notification), {
    readyUrl: `http://127.0.0.1:${gatewayPort}/readyz`,
    pages: 'http://localhost:8080/documents/runbooks.',
    folder: 'docs/runbooks',
  })
  port = await listen(sink)
})

async function listen(server: Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  afterFile(() => server.close().closeAllConnections())
  return (server.address() as AddressInfo).port
}

const alert = {
  status: 'firing',
  labels: { alertname: 'HighErrorRate', severity: 'page' },
  annotations: { summary: '<script>alert(1)</script>' },
  startsAt: '2026-07-28T00:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
}
const payload = { receiver: 'pager', status: 'firing', alerts: [alert] }

/** The status of a POST; -1 if the connection was closed first. */
async function post(body: string, headers: Record<string, string> = {}, path = '/'): Promise<number> {
  const sent = request({
    port,
    path,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  })
  const status = new Promise<number>((resolve) => {
    sent
      .on('response', (response) => resolve(response.resume().statusCode ?? 0))
      .on('error', () => resolve(-1))
  })
  sent.end(body)
  return status
}

const get = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).text()

describe('the alert sink', () => {
  it('prints and shows a notification of Alertmanager, escaped', async () => {
    assert.equal(await post(JSON.stringify(payload), { host: 'alert-sink:9095' }), 200)
    assert.deepEqual(printed[0]?.alerts, [alert])
    assert.match(await get('/'), /HighErrorRate[\s\S]*&#60;script&#62;/)
    assert.equal(JSON.parse(await get('/notifications')).length, 1)
    assert.equal(await post(JSON.stringify(payload), {}, '/watchdog'), 200)
    assert.match(await get('/'), /Watchdog last heard: \d/)
  })

  it('rejects what a web page can send: other content types and other hosts', async () => {
    const text = JSON.stringify(payload)
    assert.equal(await post(text, { 'content-type': 'text/plain' }), 415)
    assert.equal(await post(text, { 'content-type': 'application/x-www-form-urlencoded' }), 415)
    assert.equal(await post(text, { host: 'evil.example:9095' }), 421)
    assert.equal(await post(text, { host: 'localhost.evil.example' }), 421)
  })

  it('rejects large and malformed bodies and keeps serving', async () => {
    const before = printed.length
    for (const body of [
      '',
      'null',
      '[]',
      '{"alerts":',
      '{"alerts":[null]}',
      JSON.stringify({ ...payload, alerts: {} }),
      JSON.stringify({ ...payload, alerts: [{ ...alert, labels: null }] }),
      JSON.stringify({ ...payload, alerts: [{ ...alert, labels: { alertname: { toString: 1 } } }] }),
      JSON.stringify({ ...payload, alerts: [{ ...alert, annotations: { summary: 1 } }] }),
      JSON.stringify({ ...payload, receiver: 7 }),
    ])
      assert.equal(await post(body), 400, body)
    assert.ok([413, -1].includes(await post('x'.repeat(2_000_000))))
    assert.equal(printed.length, before)
    assert.match(await get('/'), /HighErrorRate/)
  })

  it('keeps serving when a client disconnects in the middle of a body', async () => {
    const sent = request({
      port,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
    })
    sent.on('error', () => undefined).write('{"alerts"')
    await once(sent, 'socket')
    sent.destroy()
    assert.equal(await post(JSON.stringify(payload)), 200)
  })

  it('keeps the latest 200 notifications', async () => {
    for (let n = 0; n < 210; n++) await post(JSON.stringify({ ...payload, receiver: `r${n}` }))
    const kept: Notification[] = JSON.parse(await get('/notifications'))
    assert.deepEqual([kept.length, kept[0]?.receiver, kept.at(-1)?.receiver], [200, 'r10', 'r209'])
  })

  it('leads to the page of a runbook, or answers with its file when no replica is ready or the gateway is gone', async () => {
    const runbook = (name: string) =>
      fetch(`http://127.0.0.1:${port}/runbooks/${name}`, { redirect: 'manual' })
    const page = await runbook('target-down')
    assert.equal(page.status, 302)
    assert.equal(page.headers.get('location'), 'http://localhost:8080/documents/runbooks.target-down')
    gatewayStatus = 503
    const file = await runbook('target-down')
    assert.equal(file.status, 200)
    assert.match(file.headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(await file.text(), /^# TargetDown$/m)
    gateway.close().closeAllConnections()
    assert.match(await (await runbook('probe-failing')).text(), /^# ProbeFailing$/m)
    for (const name of ['no-such-alert', '../guides/health', 'target-down.md'])
      assert.equal((await runbook(name)).status, 404, name)
  })
})
