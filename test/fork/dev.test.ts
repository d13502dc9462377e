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

const tool = (says: string) => `import { z } from 'zod'
import { defineTool } from '../mcp/define/define-tool.ts'

export default defineTool({
  name: 'motto',
  title: 'Motto',
  description: 'Says the motto.',
  effect: 'read',
  scope: 'motto:read',
  timeoutMs: 1_000,
  input: z.object({}),
  output: z.object({ motto: z.string() }),
  run: async () => ({ motto: ${says} }),
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
    await comes('that it is ready', () => /is ready/.test(output))
  })

  async function comes(what: string, isThere: () => boolean | Promise<boolean>): Promise<void> {
    for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(100))
      if (await isThere()) return
    assert.fail(`${what} did not come:\n${output.slice(-3_000)}`)
  }

  const motto = (): Promise<string | undefined> =>
    postModern(url, 'tools/call', { name: 'motto', arguments: {} }).then(
      ({ message }) => message?.result?.structuredContent?.motto,
      () => undefined,
    )
  const says = (text: string) => comes(`"${text}"`, async () => (await motto()) === text)
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

  it('finds a new tool, and an edited one, with the same services', async () => {
    const old = pids()
    write('src/tools/motto.tool.ts', tool("'seen is believed'"))
    await says('seen is believed')
    write('src/tools/motto.tool.ts', tool("'twice seen'"))
    await says('twice seen')
    assert.deepEqual(pids(), old)
  })

  it('shows a syntax error and restarts when it is fixed', async () => {
    const before = output.length
    write('src/tools/motto.tool.ts', tool("'no end"))
    await comes('what is wrong', () => /motto\.tool\.ts:\d+[\s\S]*Failed running/.test(output.slice(before)))
    assert.equal(launcher.exitCode, null)
    write('src/tools/motto.tool.ts', tool("'mended'"))
    await says('mended')
  })

  it('runs a new migration before the server that needs it', async () => {
    write('migrations/9_mottos.sql', 'create table mottos (text text not null);')
    const client = new pg.Client({ connectionString: record().env.DATABASE_URL })
    client.on('error', () => undefined)
    await client.connect()
    afterFile(() => client.end().catch(() => undefined))
    await comes('the table', async () => {
      const { rows } = await client.query("select to_regclass('mottos') is not null as there")
      return rows[0].there
    })
    await client.end()
    await says('mended')
  })

  it('forgets a tool that was deleted', async () => {
    rmSync(join(root, 'src/tools/motto.tool.ts'))
    await comes('an answer without the tool', async () => {
      const answer = await postModern(url, 'tools/list').catch(() => undefined)
      const names = answer?.message?.result?.tools.map(({ name }: { name: string }) => name)
      return names?.includes('search') && !names.includes('motto')
    })
  })

  it('ends everything at Ctrl-C', async () => {
    const last = pids()
    assert.ok(last.length >= 3, `${last}`)
    launcher.kill('SIGINT')
    assert.deepEqual(await once(launcher, 'exit'), [0, null])
    assert.deepEqual(last.filter(running), [])
    assert.equal(await acceptsConnections(Number(url.port), '127.0.0.1'), false)
  })
})
