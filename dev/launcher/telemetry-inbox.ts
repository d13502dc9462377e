import { once } from 'node:events'
import { appendFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { stateDir } from '../lib/paths.ts'
import { logLinesOf, spansOf } from './otlp-json.ts'

/** One JSON object a line. */
export const inboxFiles = { log: join(stateDir, 'log.jsonl'), spans: join(stateDir, 'spans.jsonl') }

export type TelemetryInbox = Awaited<ReturnType<typeof startTelemetryInbox>>

/** Above this size a file is truncated. */
const maxFileBytes = 20_000_000

/**
 * A telemetry backend for one developer: receives OTLP on loopback and writes it to two files, so that a call's log
 * line and trace can be read without other software. Files of an earlier inbox are removed.
 *
 * @returns undefined if the user configured the export of telemetry
 */
export async function startTelemetryInbox(env: NodeJS.ProcessEnv) {
  for (const file of Object.values(inboxFiles)) rmSync(file, { force: true })
  if (isConfigured(env)) return undefined
  const append = { log: createAppender(inboxFiles.log), spans: createAppender(inboxFiles.spans) }
  const server = createServer(async (request, response) => {
    try {
      const body = JSON.parse(await text(request))
      if (request.url === '/v1/traces') append.spans(spansOf(body))
      else if (request.url === '/v1/logs') append.log(logLinesOf(body))
      response.setHeader('content-type', 'application/json').end('{}')
    } catch {
      response.writeHead(400).end()
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // The launcher must be able to exit without stopping the inbox.
  server.unref()
  return {
    /** Variables that make a server export traces and log here with little delay. */
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_LOGS_EXPORTER: 'otlp',
      OTEL_BSP_SCHEDULE_DELAY: '200',
    },
    async stop() {
      server.close().closeAllConnections()
      await once(server, 'close')
    },
  }
}

const isConfigured = (env: NodeJS.ProcessEnv): boolean =>
  Object.entries(env).some(
    ([name, value]) =>
      value && /^OTEL_(SDK_DISABLED|EXPORTER_OTLP_|TRACES_EXPORTER|LOGS_EXPORTER)/.test(name),
  )

function createAppender(file: string): (records: readonly object[]) => void {
  // `npm run try` waits for signals only where the file exists.
  appendFileSync(file, '', { mode: 0o600 })
  let bytes = 0
  return (records) => {
    const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
    const isFull = bytes > maxFileBytes
    try {
      appendFileSync(file, text, { mode: 0o600, flag: isFull ? 'w' : 'a' })
      bytes = (isFull ? 0 : bytes) + Buffer.byteLength(text)
    } catch {
      // The folder was removed or the disk is full: the server continues without an inbox.
    }
  }
}
