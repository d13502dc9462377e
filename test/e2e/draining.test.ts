import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Agent, type IncomingMessage, request } from 'node:http'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { envelope } from '../support/raw.ts'
import { plain } from '../support/sample-calls.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { type Stack, sharedStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await sharedStack()
})

type Era = 'modern' | 'legacy'
const eras: readonly Era[] = ['modern', 'legacy']

/** A request of which nothing is sent yet: `body` is for its caller to send. */
function open(server: RunningServer, era: Era, agent: Agent) {
  const params = plain.call
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: era === 'modern' ? { ...params, _meta: envelope } : params,
  })
  const sent = request(server.mcpUrl, {
    method: 'POST',
    agent,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': era === 'modern' ? '2026-07-28' : '2025-11-25',
      ...(era === 'modern' && { 'mcp-method': 'tools/call', 'mcp-name': plain.call.name }),
    },
  })
  return { sent, body, response: once(sent, 'response') as Promise<[IncomingMessage]> }
}

async function answerOf(response: Promise<[IncomingMessage]>) {
  const [message] = await response
  let text = ''
  for await (const chunk of message) text += chunk
  return { status: message.statusCode, connection: message.headers.connection, text }
}

const keptAlive = () => new Agent({ keepAlive: true, maxSockets: 1 })

describe('a request on an open connection, while the server shuts down', () => {
  it('is answered although its body comes after everything else has ended', async () => {
    for (const era of eras) {
      const server = await startServer(stack.env)
      const { sent, body, response } = open(server, era, keptAlive())
      sent.write(body.slice(0, 20))
      await once(sent, 'socket')
      await delay(300)
      const stopped = server.stop()
      await server.line(({ message }) => message === 'shutting down')
      await delay(300)
      sent.end(body.slice(20))
      const { status, connection, text } = await answerOf(response)
      assert.deepEqual([status, connection], [200, 'close'], era)
      assert.match(text, plain.answer)
      assert.equal(await stopped, 0)
    }
  })

  it('is answered on a connection that was idle, and is the last one there', async () => {
    for (const era of eras) {
      const server = await startServer(stack.env)
      const agent = keptAlive()
      const call = async () => {
        const { sent, body, response } = open(server, era, agent)
        sent.end(body)
        return answerOf(response)
      }
      assert.equal((await call()).connection, 'keep-alive')
      const stopped = server.stop()
      await server.line(({ message }) => message === 'shutting down')
      await delay(300)
      const { status, connection, text } = await call()
      assert.deepEqual([status, connection], [200, 'close'], era)
      assert.match(text, plain.answer)
      await assert.rejects(call(), /ECONNREFUSED/)
      assert.equal(await stopped, 0)
    }
  })

  it('is never lost among many', async () => {
    const server = await startServer(stack.env)
    const ends: string[] = []
    let answers = 0
    const callers = Array.from({ length: 12 }, async (_, n) => {
      const agent = keptAlive()
      for (;;) {
        // Some clients think for a while before they call again.
        await delay((n % 3) * 10)
        const { sent, body, response } = open(server, eras[n % 2] ?? 'modern', agent)
        sent.end(body)
        const answer = await answerOf(response).catch((error: Error) => error)
        if (answer instanceof Error) return ends.push(answer.message)
        if (answer.status !== 200) return ends.push(`HTTP ${answer.status}`)
        answers++
      }
    })
    while (answers < 5 * callers.length && ends.length === 0) await delay(20)
    const stopped = server.stop()
    await Promise.all(callers)
    for (const end of ends) assert.match(end, /ECONNREFUSED/)
    assert.equal(await stopped, 0)
  })
})
