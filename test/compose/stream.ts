import assert from 'node:assert/strict'
import { setTimeout as delay } from 'node:timers/promises'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import type { Stack } from './compose.ts'

/** A buffered stream would hold the event back until it ends. The writer may meet the other replica. */
export async function hearsOfChanges(stack: Stack): Promise<string> {
  const url = new URL(`http://127.0.0.1:${stack.ports.gateway}/mcp`)
  const [listener, writer] = await Promise.all([connect(url), connect(url)])
  const heard = new Promise<void>((resolve) => {
    listener.setNotificationHandler('notifications/resources/list_changed', async () => resolve())
  })

  async function exchange(): Promise<string> {
    await listener.listen({ resourcesListChanged: true })
    const from = Date.now()
    const { isError } = await writer.callTool({
      name: 'add_document',
      arguments: { title: 'Smoke', text: `Written at ${new Date().toISOString()}` },
    })
    assert.ok(!isError, 'add_document failed')
    await heard
    return `after ${Date.now() - from} ms`
  }

  const limit = delay(10_000, undefined, { ref: false }).then(() => assert.fail('nothing was heard for 10 s'))
  try {
    return await Promise.race([exchange(), limit])
  } finally {
    limit.catch(() => undefined)
    await Promise.all([listener.close(), writer.close()])
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
