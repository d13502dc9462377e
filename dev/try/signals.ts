import type { RecordedSpan } from '../launcher/otlp-json.ts'
import { waitFor } from '../lib/wait-for.ts'
import type { Series } from './metrics.ts'

/** One call, as telemetry knows it. */
export interface CallIds {
  readonly traceId: string
  readonly requestId: string | undefined
}

/** A place where one kind of signal is found. */
export interface Place<Ask extends unknown[], Signal> {
  /** For people: where it was looked. */
  readonly where: string
  /** How long it can take until a call is seen there. */
  readonly withinMs: number
  /** undefined as long as there is nothing (yet). */
  look(...ask: Ask): Promise<Signal | undefined>
}

export interface SignalSource {
  readonly metrics?: Place<[], Series>
  readonly logLine?: Place<[CallIds], Readonly<Record<string, unknown>>>
  readonly trace?: Place<[CallIds], readonly RecordedSpan[]>
}

/** Looks again and again until something is there or the time is up. */
export function sought<T>(withinMs: number, look: () => Promise<T | undefined>): Promise<T | undefined> {
  return waitFor(() => look().catch(() => undefined), { everyMs: 250, timeoutMs: withinMs })
}
