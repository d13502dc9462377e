import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { freePort } from '../../../dev/launcher/loopback-port.ts'
import { startDaemon } from './daemon.ts'

export interface RunningAlertmanager {
  readonly url: string
  stop(): Promise<void>
}

/** Debian's Alertmanager on loopback: it notifies the webhook of each alert and its resolution at once, ungrouped. */
export async function startAlertmanager({
  webhookUrl,
}: {
  webhookUrl: string
}): Promise<RunningAlertmanager> {
  const address = `127.0.0.1:${await freePort()}`
  const url = `http://${address}`
  const { stop } = await startDaemon({
    command: 'prometheus-alertmanager',
    debianPackage: 'prometheus-alertmanager',
    readyUrl: `${url}/-/ready`,
    prepare: (directory) =>
      writeFile(
        join(directory, 'alertmanager.yml'),
        stringify({
          route: {
            receiver: 'webhook',
            group_by: ['...'],
            group_wait: '0s',
            group_interval: '1s',
            repeat_interval: '1h',
          },
          receivers: [{ name: 'webhook', webhook_configs: [{ url: webhookUrl, send_resolved: true }] }],
        }),
      ),
    args: (directory) => [
      `--config.file=${join(directory, 'alertmanager.yml')}`,
      `--storage.path=${join(directory, 'data')}`,
      `--web.listen-address=${address}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
  })
  return { url, stop }
}
