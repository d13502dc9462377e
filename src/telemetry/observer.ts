import { AsyncLocalStorage } from 'node:async_hooks'
import type { AppError, ErrorCode } from '../errors.ts'

/** What is known of an MCP message when it arrives. */
export interface ArrivedMessage {
  /** `mcp.method.name`, as the client sent it. */
  readonly method: string
  readonly era: 'modern' | 'legacy'
  /** A stream stays open after its first answer, so it is not counted as work in flight. */
  readonly kind: 'call' | 'stream'
  readonly protocolVersion: string | undefined
  /** `jsonrpc.request.id`; notifications have none. */
  readonly id: string | number | undefined
  readonly clientName: string | undefined
  /** `X-Request-Id` of the HTTP request that brought the message. */
  readonly requestId: string | undefined
  /** Name of the tool or prompt, as the client sent it. */
  readonly target: string | undefined
  readonly resourceUri: string | undefined
  /** W3C trace context that the client sent along in `_meta`. */
  readonly traceparent: string | undefined
  readonly tracestate: string | undefined
}

/**
 * What is known of one MCP message, from its arrival to its end. The one observer makes it, and every
 * sink is handed the same record, so that log, metrics and traces can't disagree.
 */
export interface MessageRecord extends ArrivedMessage {
  readonly startedAtMs: number
  /** Set by the span sink: where the message is to be found among the traces. */
  span?: { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }
  /** Filled in while the message is worked on. */
  argumentKeys?: readonly string[]
  loggedArguments?: Readonly<Record<string, unknown>>
  caller?: string
  cache?: 'hit' | 'miss' | 'error'
  resultBytes?: number
  errorCode?: ErrorCode
  /** What went wrong, for the log only. */
  error?: AppError
  /** The protocol error that the message was answered with. */
  rpcError?: { readonly code: number; readonly message: string }
}

/** A record with what follows from it, worked out once for all sinks. */
export interface EndedRecord extends MessageRecord {
  readonly durationMs: number
  readonly status: 'success' | 'error'
  /** `error.type` of the MCP semantic conventions: `tool_error`, else the JSON-RPC code. */
  readonly errorType: string | undefined
}

export interface Sink {
  /** Called when a message arrives. */
  start?(record: MessageRecord): void
  /** Runs the work on a message inside of what the sink has made for it. */
  around?<T>(record: MessageRecord, work: () => T): T
  /** Called once for each message, when it has ended. */
  end(record: EndedRecord): void
}

export interface Observer {
  start(message: ArrivedMessage): MessageRecord
  /** Runs the work on a message, so that what it does is seen as part of it. */
  run<T>(record: MessageRecord, work: () => T): T
  /** The record of the message that is being worked on right here. */
  current(): MessageRecord | undefined
  /** Ends a record and hands it to the sinks; a second end of the same record is ignored. */
  end(record: MessageRecord): void
  inFlight(): { readonly calls: number; readonly streams: number }
  /** Resolves as soon as no call is being worked on. */
  idle(): Promise<void>
}

/**
 * A sink that throws never costs a caller the answer.
 * @param onSinkError called with the first error of each sink
 */
export function createObserver(
  sinks: readonly Sink[],
  onSinkError: (error: unknown) => void = () => undefined,
): Observer {
  const open = { call: new Set<MessageRecord>(), stream: new Set<MessageRecord>() }
  const current = new AsyncLocalStorage<MessageRecord>()
  const failed = new Set<Sink>()
  let becameIdle: (() => void)[] = []

  function report(sink: Sink, error: unknown): void {
    if (failed.has(sink)) return
    failed.add(sink)
    try {
      onSinkError(error)
    } catch {
      // The log may be what is broken.
    }
  }

  function forEachSink(tell: (sink: Sink) => void): void {
    for (const sink of sinks) {
      try {
        tell(sink)
      } catch (error) {
        report(sink, error)
      }
    }
  }

  function runInside<T>(sink: Sink, record: MessageRecord, work: () => T): T {
    if (!sink.around) return work()
    let begun = false
    try {
      return sink.around(record, () => {
        begun = true
        return work()
      })
    } catch (error) {
      // What the work throws is not the sink's.
      if (begun) throw error
      report(sink, error)
      return work()
    }
  }

  return {
    start(message) {
      const record: MessageRecord = { ...message, startedAtMs: performance.now() }
      open[record.kind].add(record)
      forEachSink((sink) => sink.start?.(record))
      return record
    },
    run(record, work) {
      const inside = sinks.reduceRight((inner, sink) => () => runInside(sink, record, inner), work)
      return current.run(record, inside)
    },
    current: () => current.getStore(),
    end(record) {
      if (!open[record.kind].delete(record)) return
      const ended = Object.assign(record, conclusionOf(record))
      forEachSink((sink) => sink.end(ended))
      if (open.call.size > 0) return
      for (const resolve of becameIdle) resolve()
      becameIdle = []
    },
    inFlight: () => ({ calls: open.call.size, streams: open.stream.size }),
    idle: () =>
      open.call.size === 0 ? Promise.resolve() : new Promise((resolve) => becameIdle.push(resolve)),
  }
}

function conclusionOf({
  rpcError,
  errorCode,
  startedAtMs,
}: MessageRecord): Omit<EndedRecord, keyof MessageRecord> {
  const errorType =
    rpcError !== undefined
      ? String(rpcError.code)
      : errorCode === 'cancelled'
        ? 'cancelled'
        : errorCode !== undefined
          ? 'tool_error'
          : undefined
  return {
    durationMs: performance.now() - startedAtMs,
    status: errorType === undefined ? 'success' : 'error',
    errorType,
  }
}
