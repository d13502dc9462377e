import { isIP, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import pg from 'pg'

/** Fields of pg's client that its types lack. */
interface Backend {
  readonly processID: number
  readonly secretKey: number
  readonly host: string
  readonly port: number
  readonly ssl: ConnectionOptions | boolean
  readonly sslNegotiation: string
  readonly connection: { readonly stream: Socket }
}

/** Methods of pg's connection that its types lack. */
type Connection = pg.Connection & {
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
}

/**
 * Cancels the running statement of a client by the protocol's cancel request: a connection of its own to the address
 * of the client's, so that it also works through a pooler. Resolves when the server closed it, after the cancellation.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
export function sendCancelRequest(client: pg.PoolClient, signal: AbortSignal): Promise<void> {
  const { processID, secretKey, host, port, sslNegotiation, ...backend } = client as unknown as Backend
  // The host name may have several addresses, and only this one knows the client.
  const address = backend.connection.stream.remoteAddress ?? host
  const ssl = backend.ssl && verifying(backend.ssl === true ? {} : backend.ssl, host)
  const connection = new pg.Connection({ ssl, sslNegotiation } as pg.ConnectionConfig) as Connection
  return new Promise((resolve, reject) => {
    let sent = false
    connection.on('error', reject)
    connection.once('end', () => (sent ? resolve() : reject(new Error('closed before the cancel request'))))
    if (ssl && sslNegotiation !== 'direct') connection.once('connect', () => connection.requestSsl())
    connection.once(ssl ? 'sslconnect' : 'connect', () => {
      connection.cancel(processID, secretKey)
      sent = true
    })
    signal.addEventListener('abort', () => connection.stream.destroy())
    if (address.startsWith('/')) connection.connect(`${address}/.s.PGSQL.${port}`)
    else connection.connect(port, address)
  })
}

/** Verifies the certificate against the host name, although the connection is to its address. */
const verifying = (ssl: ConnectionOptions, host: string): ConnectionOptions => ({
  ...ssl,
  // pg hides the key from enumeration.
  ...(ssl.key && { key: ssl.key }),
  host,
  ...(isIP(host) === 0 && { servername: host }),
})
