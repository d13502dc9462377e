/** One generated case: bytes for a connection and the expected responses. */
export interface HostileCase {
  /** How the case is hostile, for reports. */
  readonly description: string
  /** Written one after the other, with a pause in between. */
  readonly chunks: readonly Buffer[]
  /**
   * The client's behaviour after the last write. `wait`: expects a response to each request. `half-close`: ends
   * its side; the server responds or closes. `abort`: resets the connection and expects nothing.
   */
  readonly ending: 'wait' | 'half-close' | 'abort'
  /** The complete requests, in order. */
  readonly requests: readonly SentRequest[]
}

export interface SentRequest {
  readonly method: string
  /** Its `X-Request-Id`, echoed by the response; undefined if the case changed that header. */
  readonly id?: string
  /** Whether the body may be a `subscriptions/listen`, whose response does not end. */
  readonly mayStream?: boolean
}

export interface HttpMessage {
  readonly method: string
  readonly target: string
  /** In the order of writing, with repetitions. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
}

/** HTTP header values are bytes, so they are written as Latin-1. */
export function toBytes({ method, target, headers, body }: HttpMessage): Buffer {
  const head = [`${method} ${target} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`)]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body])
}
