/** An HTTP answer as it came over the socket. */
export interface HttpAnswer {
  readonly status: number
  /** Names in lower case; of a repeated header the last one. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** False where the body was still coming. */
  readonly complete: boolean
}

export interface AnswerReader {
  /** Takes the next bytes, and gives the answers that they complete. */
  push(bytes: Buffer): HttpAnswer[]
  /** What has begun: its headers are there, its end is not. `closed`: nothing more comes, which may be its end. */
  rest(closed: boolean): HttpAnswer | undefined
}

/** Reads the answers of one connection. Written here because a client library would hide what is wrong with them. */
export function createAnswerReader(
  /** Methods of the requests, in order: an answer to HEAD has no body, whatever its headers say. */
  methods: readonly string[],
): AnswerReader {
  let bytes = Buffer.alloc(0)
  let answered = 0

  function next(closed: boolean): { answer: HttpAnswer; length: number } | undefined {
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
    const hasNone = status < 200 || status === 204 || status === 304 || methods[answered] === 'HEAD'
    const { body, length, complete } = hasNone
      ? { body: Buffer.alloc(0), length: 0, complete: true }
      : bodyOf(bytes.subarray(start), headers, closed)
    return { answer: { status, headers, body, complete }, length: start + length }
  }

  return {
    push(chunk) {
      bytes = Buffer.concat([bytes, chunk])
      const answers: HttpAnswer[] = []
      for (let found = next(false); found?.answer.complete; found = next(false)) {
        bytes = bytes.subarray(found.length)
        // 100 Continue is no answer yet.
        if (found.answer.status >= 100 && found.answer.status < 200) continue
        answers.push(found.answer)
        answered++
      }
      return answers
    },
    rest: (closed) => next(closed)?.answer,
  }
}

function bodyOf(bytes: Buffer, headers: Readonly<Record<string, string>>, closed: boolean) {
  if (headers['transfer-encoding'] === 'chunked') return chunkedBody(bytes)
  const length = headers['content-length']
  // Without either the end of the connection is the end of the body.
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
