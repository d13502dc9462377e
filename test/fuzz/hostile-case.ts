/** One generated case: what is written to a connection, and what has to come of it. */
export interface HostileCase {
  /** What is hostile about it, for people. */
  readonly what: string
  /** Written one after the other, with a moment in between. */
  readonly pieces: readonly Buffer[]
  /**
   * What the client does when all is written. `wait`: it is owed an answer to each request. `half-close`: ends
   * its side; the server answers, or closes. `leave`: breaks the connection, and is owed nothing.
   */
  readonly ending: 'wait' | 'half-close' | 'leave'
  /** The requests in it that are complete, in order. */
  readonly requests: readonly SentRequest[]
}

export interface SentRequest {
  readonly method: string
  /** Its `X-Request-Id`, which its answer carries too; undefined if the case made another one of it. */
  readonly id?: string
  /** Whether the body may be a `subscriptions/listen`, whose answer has no end. */
  readonly mayStream?: boolean
}

export interface HttpMessage {
  readonly method: string
  readonly target: string
  /** As they are written: in this order, repeated if repeated. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** Header values are written as Latin-1, byte by byte, as HTTP has them. */
export function toBytes({ method, target, headers, body }: HttpMessage): Buffer {
  const head = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}
