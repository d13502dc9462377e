import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type AddressInfo, connect } from 'node:net'
import { resolve } from 'node:path'
import { createServer } from 'node:tls'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import type { Certificate } from '../../support/certificates.ts'
import { afterFile } from '../../support/cleanup.ts'
import { startDaemon } from './daemon.ts'

/** Terminates TLS in front of a server, as an ingress does. @returns its URL */
export async function startTlsProxy(url: string, { certFile, keyFile }: Certificate): Promise<string> {
  const { port } = new URL(url)
  const files = { cert: readFileSync(certFile), key: readFileSync(keyFile) }
  const proxy = createServer(files, (client) => {
    const server = connect(Number(port), '127.0.0.1')
    for (const socket of [client, server]) socket.on('error', () => socket.destroy())
    client.pipe(server).pipe(client)
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  afterFile(() => proxy.close())
  return `https://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

/**
 * The blackbox exporter on loopback with the shipped configuration.
 * @param trusted certificate that it accepts
 * @returns its `host:port`
 */
export async function startBlackboxExporter(trusted?: Certificate): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`
  await startDaemon({
    command: 'prometheus-blackbox-exporter',
    debianPackage: 'prometheus-blackbox-exporter',
    readyUrl: `http://${address}/-/healthy`,
    ...(trusted && { env: { SSL_CERT_FILE: trusted.caFile } }),
    prepare: async () => undefined,
    args: () => [
      `--config.file=${resolve('deploy/blackbox-exporter/blackbox.yml')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
  })
  return address
}
