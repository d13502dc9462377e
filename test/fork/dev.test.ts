import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { acceptsConnections, freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { postModern } from '../support/raw.ts'
import { copyCheckout } from './support/copy.ts'

const toolSource = (result: string) => `import { z } from 'zod'
import { defineTool } from '../mcp/define/define-tool.ts'

export default defineTool({
  name: 'motto',
  title: 'Motto',
  description: 'Says the motto.',
  effect: 'read',
  scopes: ['motto:read'],
  timeoutMs: 1_000,
  input: z.object({}),
  output: z.object({ motto: z.string() }),
  run: async () => ({ motto: ${result} }),
})
`

describe('npm run dev', () => {
  let root: string
  let launcher: ChildProcess
  let url: URL
  let output = ''
  before(async () => {
    root = (await copyCheckout()).root
    const port = await freePort()
    url = new URL(`http://localhost:${port}/mcp`)
    launcher = spawn(process.execPath, ['--import', 'tsx', 'dev/watch/main.ts'], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    afterFile(() => launcher.kill('SIGKILL'))
    for (const stream of [launcher.stdout, launcher.stderr])
      stream?.on('data', (chunk) => {
        output += chunk
      })
    await waitFor('readiness', () => /is ready/.test(output))
  })

  async function waitFor(event: string, hasHappened: () => boolean | Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(100))
      if (await hasHappened()) return
    assert.fail(`timed out waiting for ${event}:\n${output.slice(-3_000)}`)
  }

  const motto = (): Promise<string | undefined> =>
    postModern(url, 'tools/call', { name: 'motto', arguments: {} }).then(
      ({ message }) => message?.result?.structuredContent?.motto,
      () => undefined,
    )
  const waitForMotto = (text: string) => waitFor(`"${text}"`, async () => (await motto()) === text)
  const write = (file: string, text: string) => writeFileSync(join(root, file), text)
  const record = () => JSON.parse(readFileSync(join(root, '.local/services.json'), 'utf8'))
  const pids = (): number[] => record().children.map(({ pid }: { pid: number }) => pid)
  const running = (pid: number) => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }

  it('reloads new and edited tools without restarting the services', async () => {
    const before = pids()
    write('src/tools/motto.tool.ts', toolSource("'first version'"))
    await waitForMotto('first version')
    write('src/tools/motto.tool.ts', toolSource("'second version'"))
    await waitForMotto('second version')
    assert.deepEqual(pids(), before)
  })

  it('reports a syntax error and restarts after the fix', async () => {
    const before = output.length
    write('src/tools/motto.tool.ts', toolSource("'unclosed"))
    await waitFor('the syntax error', () =>
      /motto\.tool\.ts:\d+[\s\S]*Failed running/.test(output.slice(before)),
    )
    assert.equal(launcher.exitCode, null)
    write('src/tools/motto.tool.ts', toolSource("'fixed'"))
    await waitForMotto('fixed')
  })

  it('applies a new migration and restarts the server', async () => {
    write('migrations/99_mottos.sql', 'create table mottos (text text not null);')
    const client = new pg.Client({ connectionString: record().env.DATABASE_URL })
    client.on('error', () => undefined)
    await client.connect()
    afterFile(() => client.end().catch(() => undefined))
    await waitFor('the table', async () => {
      const { rows } = await client.query("select to_regclass('mottos') is not null as exists")
      return rows[0].exists
    })
    await client.end()
    await waitForMotto('fixed')
  })

  it('removes a deleted tool', async () => {
    rmSync(join(root, 'src/tools/motto.tool.ts'))
    await waitFor('a tool list without the deleted tool', async () => {
      const answer = await postModern(url, 'tools/list').catch(() => undefined)
      const names = answer?.message?.result?.tools.map(({ name }: { name: string }) => name)
      return names?.includes('motto') === false
    })
  })

  it('stops server and services on Ctrl-C', async () => {
    const last = pids()
    assert.ok(last.length >= 3, `${last}`)
    launcher.kill('SIGINT')
    assert.deepEqual(await once(launcher, 'exit'), [0, null])
    assert.deepEqual(last.filter(running), [])
    assert.equal(await acceptsConnections(Number(url.port), '127.0.0.1'), false)
  })
})
