/** Runs the newest clients of the registries against the server, and writes docs/guides/compatibility.md. */
import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { abortAfter } from '../conformance/command.ts'
import { startStack } from '../support/stack.ts'
import { clients, notTried, type RegistryClient } from './clients.ts'
import { type Installed, installers } from './install.ts'

const guide = 'docs/guides/compatibility.md'
const signal = abortAfter(5 * 60_000)
const rows: string[][] = []

const { server } = await startStack()

for (const client of clients)
  it(`${client.name} lists the tools, calls search and reads the answer`, async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'client-'))
    // `--prefix` and settings of the outer npm must not reach the inner one.
    const options = { cwd: folder, signal, env: { HOME: folder, npm_config_prefix: folder } }
    try {
      await cp('test/clients/programs', folder, { recursive: true })
      const installed = await installers[client.registry](client, options).catch((error: Error) => error)
      if (installed instanceof Error) {
        rows.push([client.name, '–', '–', `not tried: ${installed.message}`])
        context.skip(installed.message)
        return
      }
      await check(client, installed)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

/** The server's log proves the calls and names the revision; the output proves that the answer was read. */
async function check(client: RegistryClient, { version, run }: Installed): Promise<void> {
  const seen = server.fromNow()
  let output = ''
  let failure = ''
  try {
    for (const command of client.commands)
      output += await run(command.map((word) => (word === 'URL' ? server.mcpUrl.href : word)))
  } catch (error) {
    failure = String(error)
  }
  const calls = seen.lines.filter((line) => line['mcp.method.name'] === 'tools/call')
  const revision = String(calls[0]?.['mcp.protocol.version'] ?? '–')
  const worked = Object.entries({
    list: seen.lines.some((line) => line['mcp.method.name'] === 'tools/list'),
    call: calls.some(({ outcome }) => outcome === 'success'),
    'read the answer': output.includes('/documents/'),
  }).flatMap(([step, done]) => (done ? [step] : []))
  rows.push([client.name, version, revision, worked.join(', ') || 'nothing'])
  assert.equal(worked.length, 3, `${failure} ${output.slice(0, 500)}`)
}

it('writes the table of the guide', async () => {
  const date = new Date().toISOString().slice(0, 10)
  const tried = rows.map((row) => `| ${[...row, date].join(' | ')} |`)
  const others = Object.entries(notTried).map(
    ([name, reason]) => `| ${name} | – | – | not tried: ${reason} | – |`,
  )
  const table = [...tried, ...others].join('\n')
  console.log(table)
  const text = await readFile(guide, 'utf8')
  await writeFile(
    guide,
    text.replace(/(\|---\|---\|---\|---\|---\|\n)(\|.*\n)*/, (_all, head) => `${head}${table}\n`),
  )
})
