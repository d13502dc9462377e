import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { acceptsConnections } from '../../dev/launcher/loopback-port.ts'
import { envelope } from '../support/raw.ts'
import { plain } from '../support/sample-calls.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

const revisions = ['2026-07-28', '2025-11-25'] as const
type Revision = (typeof revisions)[number]

/** Opens a request without sending it; the test writes `body` to `sent`. */
function openRequest(
  server: RunningServer,
  revision: Revision,
  agent: Agent,
  headers: Record<string, string> = {},
) {
  const params = plain.call
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: revision === '2026-07-28' ? { ...params, _meta: envelope } : params,
  })
  const sent = request(server.mcpUrl, {
    method: 'POST',
    agent,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': revision,
      ...(revision === '2026-07-28' && { 'mcp-method': 'tools/call', 'mcp-name': plain.call.name }),
      ...headers,
    },
  })
  return { sent, body, response: once(sent, 'response') as Promise<[IncomingMessage]> }
}

async function readResponse(response: Promise<[IncomingMessage]>) {
  const [message] = await response
  let text = ''
  for await (const chunk of message) text += chunk
  return { status: message.statusCode, connection: message.headers.connection, text }
}

const keepAliveAgent = () => new Agent({ keepAlive: true, maxSockets: 1 })

const untilDraining = ({ url }: RunningServer) =>
  until(async () => !(await acceptsConnections(Number(new URL(url).port), '127.0.0.1')))

describe('a request on an open connection during shutdown', () => {
  it('is answered when its body arrives after all other requests have ended', async () => {
    for (const revision of revisions) {
      const server = await startServer(stack.env)
      const expect = { expect: '100-continue' }
      const { sent, body, response } = openRequest(server, revision, keepAliveAgent(), expect)
      await once(sent, 'continue')
      sent.write(body.slice(0, 20))
      const stopped = server.stop()
      await untilDraining(server)
      sent.end(body.slice(20))
      const { status, connection, text } = await readResponse(response)
      assert.deepEqual([status, connection], [200, 'close'], revision)
      assert.match(text, plain.answer)
      assert.equal(await stopped, 0)
    }
  })

  it('is answered on an idle keep-alive connection, which then closes', async () => {
    for (const revision of revisions) {
      const server = await startServer(stack.env)
      const agent = keepAliveAgent()
      const call = async () => {
        const { sent, body, response } = openRequest(server, revision, agent)
        sent.end(body)
        return readResponse(response)
      }
      assert.equal((await call()).connection, 'keep-alive')
      const stopped = server.stop()
      await untilDraining(server)
      const { status, connection, text } = await call()
      assert.deepEqual([status, connection], [200, 'close'], revision)
      assert.match(text, plain.answer)
      await assert.rejects(call(), /ECONNREFUSED/)
      assert.equal(await stopped, 0)
    }
  })

  it('is never dropped under concurrent load', async () => {
    const server = await startServer(stack.env)
    const ends: string[] = []
    let answers = 0
    const callers = Array.from({ length: 12 }, async (_, n) => {
      const agent = keepAliveAgent()
      for (;;) {
        // Some clients pause between calls, so that their connection is idle.
        await delay((n % 3) * 10)
        const { sent, body, response } = openRequest(server, revisions[n % 2] ?? '2026-07-28', agent)
        sent.end(body)
        const answer = await readResponse(response).catch((error: Error) => error)
        if (answer instanceof Error) return ends.push(answer.message)
        if (answer.status !== 200) return ends.push(`HTTP ${answer.status}`)
        answers++
      }
    })
    await until(() => answers >= 5 * callers.length || ends.length > 0)
    const stopped = server.stop()
    await Promise.all(callers)
    for (const end of ends) assert.match(end, /ECONNREFUSED/)
    assert.equal(await stopped, 0)
  })
})
