import { connect, type Socket } from 'node:net'
import { afterFile } from './cleanup.ts'

export interface RawConnection {
  readonly socket: Socket
  /** Text received so far. */
  received(): string
  /** Resolves when the server closes the connection, to the text received and the time since the connection opened. */
  readonly closed: Promise<{ text: string; afterMs: number }>
}

/** Opens a TCP connection and sends the parts unchanged. */
export function openConnection(serverUrl: string, ...parts: string[]): RawConnection {
  const { hostname, port } = new URL(serverUrl)
  const startedAtMs = performance.now()
  let text = ''
  const socket = connect(Number(port), hostname, () => {
    for (const part of parts) socket.write(part)
  })
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.on('error', () => undefined)
  afterFile(() => socket.destroy())
  return {
    socket,
    received: () => text,
    closed: new Promise((resolve) =>
      socket.once('close', () => resolve({ text, afterMs: performance.now() - startedAtMs })),
    ),
  }
}

/** A POST to /mcp as HTTP/1.1 text. */
export function rawPost(body: unknown, headers: Record<string, string> = {}): string {
  const text = JSON.stringify(body)
  const all = {
    host: 'localhost',
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'content-length': String(Buffer.byteLength(text)),
    ...headers,
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return `POST /mcp HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${text}`
}
