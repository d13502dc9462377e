/** An HTTP response as received from the socket. */
export interface HttpResponse {
  readonly status: number
  /** Names in lower case; the last value of a repeated header. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** False if the body is not complete yet. */
  readonly complete: boolean
}

export interface ResponseReader {
  /** Parses the next bytes and returns the responses that they complete. */
  push(bytes: Buffer): HttpResponse[]
  /** The response whose headers arrived but whose end did not. `closed`: the connection has ended, as may the body. */
  rest(closed: boolean): HttpResponse | undefined
}

/** Parses the responses of one connection. An HTTP client library would hide invalid ones. */
export function createResponseReader(
  /** Methods of the requests, in order: a response to HEAD has no body. */
  methods: readonly string[],
): ResponseReader {
  let bytes = Buffer.alloc(0)
  let completed = 0

  function next(closed: boolean): { response: HttpResponse; length: number } | undefined {
    const headEnd = bytes.indexOf('\r\n\r\n')
    if (headEnd < 0) return undefined
    const [statusLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1] ?? Number.NaN)
    const headers = Object.fromEntries(
      lines.map((line) => {
        const colon = line.indexOf(':')
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
      }),
    )
    const start = headEnd + 4
    const hasNoBody = status < 200 || status === 204 || status === 304 || methods[completed] === 'HEAD'
    const { body, length, complete } = hasNoBody
      ? { body: Buffer.alloc(0), length: 0, complete: true }
      : bodyOf(bytes.subarray(start), headers, closed)
    return { response: { status, headers, body, complete }, length: start + length }
  }

  return {
    push(chunk) {
      bytes = Buffer.concat([bytes, chunk])
      const responses: HttpResponse[] = []
      for (let found = next(false); found?.response.complete; found = next(false)) {
        bytes = bytes.subarray(found.length)
        // 100 Continue precedes the response.
        if (found.response.status >= 100 && found.response.status < 200) continue
        responses.push(found.response)
        completed++
      }
      return responses
    },
    rest: (closed) => next(closed)?.response,
  }
}

function bodyOf(bytes: Buffer, headers: Readonly<Record<string, string>>, closed: boolean) {
  if (headers['transfer-encoding'] === 'chunked') return chunkedBody(bytes)
  const length = headers['content-length']
  // Without both headers the end of the connection ends the body.
  if (length === undefined) return { body: bytes, length: bytes.length, complete: closed }
  const body = bytes.subarray(0, Number(length))
  return { body, length: body.length, complete: body.length === Number(length) }
}

function chunkedBody(bytes: Buffer) {
  const parts: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at)
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const end = lineEnd + 2 + size
    if (Number.isNaN(size) || bytes.length < end + 2) {
      return { body: Buffer.concat(parts), length: bytes.length, complete: false }
    }
    if (size === 0) return { body: Buffer.concat(parts), length: end + 2, complete: true }
    parts.push(bytes.subarray(lineEnd + 2, end))
    at = end + 2
  }
}
