import { fileURLToPath } from 'node:url'
import { startServerProcess } from './server-process.ts'

export interface OtlpSink {
  readonly url: string
  readonly pid: number
  stop(): Promise<void>
}

/** Starts the telemetry backend in its own process, which no measurement includes. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const cwd = fileURLToPath(new URL('.', import.meta.url))
  const { port, pid, stop } = await startServerProcess({ args: ['otlp-sink.mjs'], cwd })
  return { url: `http://127.0.0.1:${port}`, pid, stop }
}
