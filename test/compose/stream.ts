import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Stack } from './compose.ts'

/** Detects a proxy that buffers the stream. The writer may be connected to the other replica. */
export async function receivesChangeEvent(stack: Stack): Promise<string> {
  const url = new URL(`http://127.0.0.1:${stack.ports.gateway}/mcp`)
  const [subscriber, writer] = await Promise.all([connect(url), connect(url)])
  const received = new Promise<void>((resolve) => {
    subscriber.setNotificationHandler('notifications/resources/list_changed', async () => resolve())
  })

  async function measureDelivery(): Promise<string> {
    await subscriber.listen({ resourcesListChanged: true })
    const startedAt = Date.now()
    const { isError } = await writer.callTool({
      name: 'add_document',
      arguments: { title: 'Smoke', text: `Written at ${new Date().toISOString()}` },
    })
    assert.ok(!isError, 'add_document failed')
    await received
    return `after ${Date.now() - startedAt} ms`
  }

  const timeout = delay(10_000, undefined, { ref: false }).then(() =>
    assert.fail('no event arrived within 10 s'),
  )
  try {
    return await Promise.race([measureDelivery(), timeout])
  } finally {
    timeout.catch(() => undefined)
    await Promise.all([subscriber.close(), writer.close()])
  }
}

async function connect(url: URL): Promise<Client> {
  const client = new Client(
    { name: 'compose-smoke', version: '1.0.0' },
    { versionNegotiation: { mode: { pin: '2026-07-28' } } },
  )
  await client.connect(new StreamableHTTPClientTransport(url))
  return client
}
