import { Agent, request } from 'node:http'

interface Sent {
  readonly body?: string
  readonly headers?: Record<string, string>
}

interface Answer {
  readonly status: number
  readonly text: string
}

/** Longer than the timeout of any tool. */
const responseTimeoutMs = 25_000

/**
 * Closes idle connections long before the server does: a request on a connection that the server just closed
 * would count as lost.
 */
const agent = new Agent({ keepAlive: true, timeout: 1_000 })

/** @returns the response, or why there is none; only `refused` means that nothing was sent */
export function send(
  url: URL,
  { body, headers = {} }: Sent = {},
): Promise<Answer | 'refused' | 'connection lost' | 'timed out'> {
  return new Promise((resolve) => {
    const sent = request(url, { agent, method: body === undefined ? 'GET' : 'POST', headers }, (response) => {
      let text = ''
      response
        .setEncoding('utf8')
        .on('data', (chunk) => {
          text += chunk
        })
        .once('end', () => resolve({ status: response.statusCode ?? 0, text }))
        .once('close', () => resolve('connection lost'))
    })
    const timer = setTimeout(() => {
      resolve('timed out')
      sent.destroy()
    }, responseTimeoutMs)
    sent
      .once('error', ({ code }: NodeJS.ErrnoException) =>
        resolve(code === 'ECONNREFUSED' ? 'refused' : 'connection lost'),
      )
      .once('close', () => clearTimeout(timer))
      .end(body)
  })
}
