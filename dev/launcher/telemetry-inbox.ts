import { once } from 'node:events'
import { appendFileSync, renameSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { logLinesOf, spansOf } from './otlp-json.ts'

/** The two files of an inbox: one JSON object a line. */
export const inboxFiles = (folder: string) => ({
  log: join(folder, 'log.jsonl'),
  spans: join(folder, 'spans.jsonl'),
})

export interface TelemetryInbox {
  /** The variables by which a server sends its traces and its log here, without much delay. */
  readonly env: Record<string, string>
  stop(): Promise<void>
}

/** Above this size a file is started anew; one older part is kept. */
const maxFileBytes = 20_000_000

/**
 * A telemetry backend for one developer: takes OTLP on loopback and keeps it in two files, so that a call's log line
 * and trace can be found without anything else being installed. What an earlier inbox kept is forgotten.
 */
export async function startTelemetryInbox(folder: string): Promise<TelemetryInbox> {
  const files = inboxFiles(folder)
  const append = { log: createAppender(files.log), spans: createAppender(files.spans) }
  const server = createServer(async (request, response) => {
    try {
      const body = JSON.parse(await textOf(request))
      if (request.url === '/v1/traces') append.spans(spansOf(body))
      else if (request.url === '/v1/logs') append.log(logLinesOf(body))
      response.setHeader('content-type', 'application/json').end('{}')
    } catch {
      response.writeHead(400).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // It must not keep a process alive whose server has ended.
  server.unref()
  return {
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_BSP_SCHEDULE_DELAY: '200',
      OTEL_BLRP_SCHEDULE_DELAY: '200',
    },
    async stop() {
      server.close().closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Whether the user has said anything about where telemetry goes: then that is what happens. */
export const telemetryIsConfigured = (env: NodeJS.ProcessEnv): boolean =>
  Object.entries(env).some(
    ([name, value]) =>
      value && /^OTEL_(SDK_DISABLED|EXPORTER_OTLP_|TRACES_EXPORTER|LOGS_EXPORTER)/.test(name),
  )

/** Removes what an earlier inbox kept, where there is none now. */
export function forgetInbox(folder: string): void {
  for (const file of Object.values(inboxFiles(folder))) rmSync(file, { force: true })
}

function createAppender(file: string): (records: readonly object[]) => void {
  // There from the beginning: who looks for a call before anything has come is to wait, not to give up.
  rmSync(file, { force: true })
  appendFileSync(file, '', { mode: 0o600 })
  let bytes = 0
  return (records) => {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    try {
      if (bytes > maxFileBytes) {
        renameSync(file, `${file}.1`)
        bytes = 0
      }
      appendFileSync(file, text, { mode: 0o600 })
      bytes += Buffer.byteLength(text)
    } catch {
      // Somebody removed the folder, or the disk is full: the server goes on without.
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) text += chunk
  return text
}
