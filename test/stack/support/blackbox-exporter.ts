import { resolve } from 'node:path'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import { startDaemon } from './daemon.ts'

/** The blackbox exporter on loopback with the shipped configuration. @returns its `host:port` */
export async function startBlackboxExporter(): Promise<string> {
  const address = `127.0.0.1:${await freePort()}`
  await startDaemon({
    command: 'prometheus-blackbox-exporter',
    debianPackage: 'prometheus-blackbox-exporter',
    readyUrl: `http://${address}/-/healthy`,
    prepare: async () => undefined,
    args: () => [
      `--config.file=${resolve('deploy/blackbox-exporter/blackbox.yml')}`,
      `--web.listen-address=${address}`,
      '--log.level=error',
    ],
  })
  return address
}
