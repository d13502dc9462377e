import { connect, type Socket } from 'node:net'
import { afterFile } from './cleanup.ts'

export interface RawConnection {
  readonly socket: Socket
  /** What has come so far. */
  received(): string
  /** Resolves to what had come when the server closed the connection, and how long that took. */
  readonly closed: Promise<{ text: string; afterMs: number }>
}

/** A connection of which the test sends every byte itself. */
export function openConnection(serverUrl: string, ...parts: string[]): RawConnection {
  const { hostname, port } = new URL(serverUrl)
  const beganAtMs = performance.now()
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
      socket.once('close', () => resolve({ text, afterMs: performance.now() - beganAtMs })),
    ),
  }
}

/** A POST to /mcp as bytes. */
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
