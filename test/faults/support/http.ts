import { Agent, request } from 'node:http'

interface Sent {
  readonly body?: string
  readonly headers?: Record<string, string>
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** Longer than anybody declares to take. */
const patienceMs = 25_000

/**
 * Connections are kept open, as clients do, but not nearly as long as the server keeps them: a connection that
 * the server ends for having been idle would look like a call that was lost.
 */
const agent = new Agent({ keepAlive: true, timeout: 1_000 })

/** @returns why there is no answer where there is none; only `refused` means that nothing was sent */
export function send(
  url: URL,
  { body, headers = {} }: Sent = {},
): Promise<Answer | 'refused' | 'broken' | 'no answer'> {
  return new Promise((resolve) => {
    const sent = request(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (piece) => {
          text += piece
        })
        .once('end', () => resolve({ status: response.statusCode ?? 0, text }))
        .once('close', () => resolve('broken'))
    })
    const timer = setTimeout(() => {
      resolve('no answer')
      sent.destroy()
    }, patienceMs)
    sent
      .once('error', ({ code }: NodeJS.ErrnoException) =>
        resolve(code === 'ECONNREFUSED' ? 'refused' : 'broken'),
      )
      .once('close', () => clearTimeout(timer))
      .end(body)
  })
}
