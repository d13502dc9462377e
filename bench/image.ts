/**
 * `image.ts` measures the start of a replica from the image: from `docker compose run` until `/readyz` responds 200, with
 * PostgreSQL and Redis of the compose file running and the schema migrated. Needs Docker with Compose v2. Writes
 * results/image.json.
 */
import { writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { cpus } from 'node:os'
import { freePort } from '../dev/launcher/loopback-port.ts'
import { waitFor } from '../dev/lib/wait-for.ts'
import { createStack } from '../test/compose/compose.ts'
import { abortAfter } from '../test/conformance/command.ts'
import { type ImageStart, imageFile } from './result.ts'

const starts = 7
const startTimeoutMs = 60_000
/** Of one poll: the figure is at most this much too high. */
const requestTimeoutMs = 80

const signal = abortAfter(15 * 60_000)
const { compose, docker } = await createStack(signal)
const seconds: number[] = []
let node = ''
try {
  await compose('build', 'server')
  await compose('up', '--detach', '--wait', 'postgres', 'redis')
  await compose('run', '--rm', '--no-deps', 'migrate')
  node = (await compose('run', '--rm', '--no-deps', 'server', 'node', '--version')).trim()
  for (let start = 1; start <= starts; start++) {
    seconds.push(await startReplica())
    process.stderr.write(`start ${start} of ${starts}: ${seconds.at(-1)?.toFixed(2)} s\n`)
  }
} finally {
  await compose('down', '--volumes', '--remove-orphans', '--timeout', '5')
}

// Without the suffix of a distribution.
const [engine] = (await docker('version', '--format', '{{.Server.Version}}')).split(/[+\n]/)
const result: ImageStart = {
  description: `${new Date().toISOString().slice(0, 10)}; Node ${node.slice(1)}; Docker ${engine}; ${cpus().length} × ${cpus()[0]?.model}`,
  seconds: seconds.map((each) => Number(each.toFixed(2))),
}
writeFileSync(imageFile, `${JSON.stringify(result, undefined, 2)}\n`)

async function startReplica(): Promise<number> {
  const port = await freePort()
  const startedAtMs = performance.now()
  const published = `127.0.0.1:${port}:9464`
  const id = (await compose('run', '--detach', '--no-deps', '--publish', published, 'server')).trim()
  try {
    if (
      !(await waitFor(() => isReady(port), {
        everyMs: 20,
        timeoutMs: startTimeoutMs,
        while: () => !signal.aborted,
      }))
    )
      throw new Error(
        `not ready within ${startTimeoutMs / 1_000} s:\n${await docker('logs', '--tail', '20', id)}`,
      )
    return (performance.now() - startedAtMs) / 1_000
  } finally {
    // Else `down` removes it.
    await docker('rm', '--force', id).catch(() => undefined)
  }
}

/** Docker's proxy accepts connections before the server does, and may leave them open. */
function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path: '/readyz', agent: false, timeout: requestTimeoutMs })
    request.once('response', (response) => {
      resolve(response.statusCode === 200)
      request.destroy()
    })
    request.once('timeout', () => request.destroy())
    request.once('close', () => resolve(false))
    request.once('error', () => resolve(false))
  })
}
