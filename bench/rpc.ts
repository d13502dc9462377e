import type { HttpResponse } from './http-connection.ts'

export type Era = 'modern' | 'legacy'

export interface Rpc {
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
  readonly id: number
  /** Checks the `result` of the response. */
  readonly isExpected: (result: unknown) => boolean
}

const versions = { modern: '2026-07-28', legacy: '2025-11-25' } as const

/** Encodes a request of a protocol era. */
export function encode(rpc: Rpc, era: Era, port: number): Buffer {
  const { method, params, id } = rpc
  const meta = {
    'io.modelcontextprotocol/protocolVersion': versions.modern,
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  }
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id,
    method,
    params: era === 'modern' ? { ...params, _meta: meta } : params,
  })
  const head = [
    'POST /mcp HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    'Accept: application/json, text/event-stream',
    `MCP-Protocol-Version: ${versions[era]}`,
    ...(era === 'modern'
      ? [`Mcp-Method: ${method}`, ...('name' in params ? [`Mcp-Name: ${params.name}`] : [])]
      : []),
    'User-Agent: bench',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** @throws Error on an unexpected response: a server that fails fast would win the benchmark */
export function assertExpected({ status, body }: HttpResponse, { id, isExpected }: Rpc): void {
  // An event stream carries the response in its last data line.
  const json = body.startsWith('{')
    ? body
    : (body
        .match(/^data: (.+)$/gm)
        ?.at(-1)
        ?.slice(6) ?? '{}')
  const message = JSON.parse(json) as { id?: number; result?: unknown }
  if (status !== 200 || message.id !== id || !isExpected(message.result))
    throw new Error(`unexpected response: ${status} ${body.slice(0, 500)}`)
}

export const toolCall =
  (name: string, args: object, isExpected: Rpc['isExpected']) =>
  (id: number): Rpc => ({ method: 'tools/call', params: { name, arguments: args }, id, isExpected })

export function echo(id: number): Rpc {
  const message = `hello from connection ${id}`
  return {
    method: 'tools/call',
    params: { name: 'echo', arguments: { message } },
    id,
    isExpected(result) {
      const { content, isError } = result as { content?: { text: string }[]; isError?: boolean }
      return isError !== true && content?.[0]?.text.includes(message) === true
    },
  }
}

export const listTools =
  (count: number) =>
  (id: number): Rpc => ({
    method: 'tools/list',
    params: {},
    id,
    isExpected: (result) => (result as { tools?: unknown[] }).tools?.length === count,
  })

/** Opens a stream; the first event is the acknowledgement. */
export const listen = (id: number): Rpc => ({
  method: 'subscriptions/listen',
  params: { notifications: { resourcesListChanged: true } },
  id,
  isExpected: () => true,
})
