import assert from 'node:assert/strict'
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { Client as ClientV1 } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as TransportV1 } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Stack } from './compose.ts'

/** Connects a new client for one search, so that each call may reach a different replica. */
type Call = (url: URL, requestId: string) => Promise<void>

const info = { name: 'compose-smoke', version: '1.0.0' }
const search = { name: 'search', arguments: { query: 'deploy' } }
const requestInit = (id: string) => ({ requestInit: { headers: { 'x-request-id': id } } })

export const callByRevision: Readonly<Record<string, Call>> = {
  async '2026-07-28'(url, requestId) {
    const client = new Client(info, { versionNegotiation: { mode: { pin: '2026-07-28' } } })
    await client.connect(new StreamableHTTPClientTransport(url, requestInit(requestId)))
    const { structuredContent } = await client.callTool(search)
    await client.close()
    assertFound(structuredContent)
  },
  async '2025-11-25'(url, requestId) {
    const client = new ClientV1(info)
    const transport = new TransportV1(url, requestInit(requestId))
    await client.connect(transport as Parameters<ClientV1['connect']>[0])
    const { structuredContent } = await client.callTool(search)
    await client.close()
    assertFound(structuredContent)
  },
}

function assertFound(content: unknown): void {
  const { results } = content as { results: { url: string }[] }
  assert.ok(results.length > 0, 'the search found nothing: load the documents first')
}

/** Container name by request id, from the tool calls in the logs of the replicas. */
export async function replicaByRequestId(stack: Stack): Promise<ReadonlyMap<string, string>> {
  const replicas = new Map<string, string>()
  for (const { ID, Name } of await stack.containers('server')) {
    for (const line of (await stack.docker('logs', ID)).split('\n')) {
      if (!line.includes('"tools/call"')) continue
      const { request_id } = JSON.parse(line) as { request_id: string }
      replicas.set(request_id, Name)
    }
  }
  return replicas
}

/** Calls until `replicas` different replicas have answered, at most 40 times. @returns the number of calls by replica */
export async function callEachReplica(stack: Stack, revision: string, round: string, replicas = 2) {
  const url = new URL(`http://127.0.0.1:${stack.ports.gateway}/mcp`)
  const ids: string[] = []
  const calls = new Map<string, number>()
  while (calls.size < replicas && ids.length < 40) {
    for (let count = 0; count < 8; count++) {
      const id = `${round}-${revision}-${ids.length}`
      ids.push(id)
      await callByRevision[revision]?.(url, id)
    }
    const replicaOf = await replicaByRequestId(stack)
    calls.clear()
    for (const id of ids) {
      const replica = replicaOf.get(id)
      assert.ok(replica, `no replica logged the call ${id}`)
      calls.set(replica, (calls.get(replica) ?? 0) + 1)
    }
  }
  assert.equal(calls.size, replicas, `all ${ids.length} calls reached only ${[...calls.keys()]}`)
  return [...calls]
    .map(([replica, count]) => `${replica.replace(/^.*-server-/, 'server-')}: ${count}`)
    .join(', ')
}
