import { fileURLToPath } from 'node:url'
import { startServerProcess } from './server-process.ts'

export interface OtlpSink {
  readonly url: string
  stop(): Promise<void>
}

/** A telemetry backend in a process of its own, so that what it costs is nobody's. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const { port, stop } = await startServerProcess({ args: ['otlp-sink.mjs'], cwd })
  return { url: `http://127.0.0.1:${port}`, stop }
}
