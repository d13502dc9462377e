import { AsyncLocalStorage } from 'node:async_hooks'
import type { AppError, ErrorCode } from '../errors.ts'

/** Cache result of a call. `shared`: a miss that joined the computation of an equal call. `error`: a failed lookup. */
export const cacheResults = ['hit', 'miss', 'shared', 'error'] as const
export type CacheResult = (typeof cacheResults)[number]

/** Fields of an MCP message at arrival. */
export interface ArrivedMessage {
  /** `mcp.method.name`, as the client sent it. */
  readonly method: string
  readonly era: 'modern' | 'legacy'
  /** A stream stays open after its first response, so it is not counted as in flight. */
  readonly kind: 'call' | 'stream'
  /** Key of the caller for shares, while it is being served; not recorded. */
  readonly owner?: string | undefined
  /** Pseudonymous id of the caller. */
  readonly caller: string | undefined
  /** Peer of the connection, or the client behind trusted proxies, of which no port is known. */
  readonly client: { readonly address: string | undefined; readonly port: number | undefined } | undefined
  readonly httpVersion: string | undefined
  /** `mcp.session.id`, for clients of the 2025 revisions. */
  readonly sessionId: string | undefined
  /** Requested; at the end of `initialize` the negotiated one. */
  protocolVersion: string | undefined
  /** `jsonrpc.request.id`; notifications have none. */
  readonly id: string | number | undefined
  readonly clientName: string | undefined
  readonly clientVersion: string | undefined
  /** `X-Request-Id` of the HTTP request. */
  readonly requestId: string | undefined
  /** Name of the tool or prompt, or of the prompt to complete, as the client sent it. */
  readonly target: string | undefined
  readonly resourceUri: string | undefined
  /** Arguments of a tool call. For traces, if they capture content; never logged. */
  readonly arguments: unknown
  /** W3C trace context from the message's `_meta`. */
  readonly traceparent: string | undefined
  readonly tracestate: string | undefined
}

/**
 * The record of one MCP message, from arrival to end. Every sink gets the same record, so that log, metrics and traces
 * cannot disagree.
 */
export interface MessageRecord extends ArrivedMessage {
  readonly startedAtMs: number
  /** The message's span, set by the span sink. */
  span?: { readonly traceId: string; readonly spanId: string; readonly traceFlags: number }
  /** Tail sampling keeps the trace, so exemplars may lead to it. Set by the span sink. */
  traceKept?: boolean
  /** Set by the pipeline, like the fields below. */
  argumentKeys?: readonly string[]
  loggedArguments?: Readonly<Record<string, unknown>>
  cache?: CacheResult
  /** The span whose call runs the computation that this call joined. */
  joined?: MessageRecord['span']
  resultBytes?: number
  /** Output of a tool. For traces, if they capture content; never logged. */
  result?: unknown
  /** The result asks the user; the answer comes with another call. Counts as success. */
  resultType?: 'input_required'
  errorCode?: ErrorCode
  /** For the log only. */
  error?: AppError
  /** The JSON-RPC error of the response. */
  rpcError?: { readonly code: number; readonly message: string }
}

/** An ended record with its outcome, derived once for all sinks. */
export interface EndedRecord extends MessageRecord {
  readonly durationMs: number
  readonly status: 'success' | 'error'
  /** `error.type` of the MCP semantic conventions: `tool_error`, `cancelled` or the JSON-RPC code. */
  readonly errorType: string | undefined
}

/** Methods whose target is a prompt. */
export const promptMethods: ReadonlySet<string> = new Set(['prompts/get', 'completion/complete'])

export interface Sink {
  /** Called when a message arrives. */
  start?(record: MessageRecord): void
  /** Runs the work of a message in the sink's context, such as its span. */
  around?<T>(record: MessageRecord, work: () => T): T
  /** Called once per message, at its end. */
  end(record: EndedRecord): void
}

export interface Observer {
  /** @returns the message itself, which is its record from now on */
  start(message: ArrivedMessage): MessageRecord
  /** Runs the work of a message in the contexts of all sinks. */
  run<T>(record: MessageRecord, work: () => T): T
  /** The record of the current asynchronous context. */
  current(): MessageRecord | undefined
  /** Ends a record and hands it to the sinks; a second end of the same record is ignored. */
  end(record: MessageRecord): void
  inFlight(): { readonly calls: number; readonly streams: number }
  /** Resolves as soon as no call is in flight. */
  idle(): Promise<void>
}

/**
 * Isolates sinks: an error in a sink never fails a call.
 * @param onSinkError called with the first error of each sink
 */
export function createObserver(
  sinks: readonly Sink[],
  onSinkError: (error: unknown) => void = () => undefined,
): Observer {
  const open = { call: 0, stream: 0 }
  const current = new AsyncLocalStorage<MessageRecord>()
  const failed = new Set<Sink>()
  let becameIdle: (() => void)[] = []

  function report(sink: Sink, error: unknown): void {
    if (failed.has(sink)) return
    failed.add(sink)
    try {
      onSinkError(error)
    } catch {
      // The log may be the failing sink.
    }
  }

  function forEachSink(notify: (sink: Sink) => void): void {
    for (const sink of sinks) {
      try {
        notify(sink)
      } catch (error) {
        report(sink, error)
      }
    }
  }

  function runInside<T>(sink: Sink, record: MessageRecord, work: () => T): T {
    if (!sink.around) return work()
    let started = false
    try {
      return sink.around(record, () => {
        started = true
        return work()
      })
    } catch (error) {
      // An error of the work is not the sink's.
      if (started) throw error
      report(sink, error)
      return work()
    }
  }

  return {
    start(message) {
      const record = Object.assign(message, { startedAtMs: performance.now() })
      open[record.kind]++
      forEachSink((sink) => sink.start?.(record))
      return record
    },
    run(record, work) {
      const inside = sinks.reduceRight((inner, sink) => () => runInside(sink, record, inner), work)
      return current.run(record, inside)
    },
    current: () => current.getStore(),
    end(record) {
      if (hasEnded(record)) return
      open[record.kind]--
      const ended = Object.assign(record, outcomeOf(record))
      forEachSink((sink) => sink.end(ended))
      if (open.call > 0) return
      for (const resolve of becameIdle) resolve()
      becameIdle = []
    },
    inFlight: () => ({ calls: open.call, streams: open.stream }),
    idle: () => (open.call === 0 ? Promise.resolve() : new Promise((resolve) => becameIdle.push(resolve))),
  }
}

const hasEnded = (record: MessageRecord): boolean => (record as Partial<EndedRecord>).durationMs !== undefined

function outcomeOf({
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
