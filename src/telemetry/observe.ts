import type { AppError, ErrorCode } from '../errors.ts'

/**
 * What is known of one MCP message, from its arrival to its end. The one observer makes it, and every
 * sink is handed the same record, so that log, metrics and traces can't disagree.
 */
export interface MessageRecord {
  /** `mcp.method.name`, as the client sent it. */
  readonly method: string
  readonly era: 'modern' | 'legacy'
  readonly protocolVersion: string | undefined
  /** `jsonrpc.request.id`; notifications have none. */
  readonly id: string | number | undefined
  readonly clientName: string | undefined
  /** `X-Request-Id` of the HTTP request that brought the message. */
  readonly requestId: string | undefined
  /** Name of the tool or prompt, as the client sent it. */
  readonly target: string | undefined
  readonly resourceUri: string | undefined
  readonly startedAtMs: number
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
  rpcErrorCode?: number
}

export type EndedRecord = MessageRecord & { readonly durationMs: number }

/** Receives each record once, when its message has ended. */
export type Sink = (record: EndedRecord) => void

export interface Observer {
  start(message: Omit<MessageRecord, 'startedAtMs'>): MessageRecord
  /** Ends a record and hands it to the sinks; a second end of the same record is ignored. */
  end(record: MessageRecord): void
  /** Resolves as soon as no message is being worked on. */
  idle(): Promise<void>
}

export function createObserver(sinks: readonly Sink[]): Observer {
  const open = new Set<MessageRecord>()
  let becameIdle: (() => void)[] = []
  return {
    start(message) {
      const record = { ...message, startedAtMs: performance.now() }
      open.add(record)
      return record
    },
    end(record) {
      if (!open.delete(record)) return
      const ended = { ...record, durationMs: performance.now() - record.startedAtMs }
      for (const sink of sinks) sink(ended)
      if (open.size > 0) return
      for (const resolve of becameIdle) resolve()
      becameIdle = []
    },
    idle: () => (open.size === 0 ? Promise.resolve() : new Promise((resolve) => becameIdle.push(resolve))),
  }
}
