import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { readDoc } from '../support/docs/doc.ts'
import { copyCheckout } from './support/copy.ts'

const file = 'docs/guides/tutorial.md'
/** From here on the tutorial needs Docker: `test/compose` and `test/stack` run the same stack and drills. */
const firstDockerHeading = '## 7.'

/** Text by its shape: ids, numbers, bars and the names of the engines differ from run to run. */
const shapeOf = (line: string) =>
  line
    .trim()
    .replace(/[█·]+/g, '█')
    .replace(/\b[0-9a-f]{16,}\b/g, 'ID')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/^(Database|Redis) .*/, '$1')
    .replace(/\d+(?:\.\d+)?/g, 'N')
    .replace(/\s+/g, ' ')

/** Fails unless the output has the shown lines in their order. A line "…" matches any lines, a final "…" the rest of its line. */
function assertShows(shown: string, output: string, command: string): void {
  const lines = output.split('\n').map(shapeOf)
  let from = 0
  for (const line of shown.split('\n').map((line) => line.trim())) {
    if (line === '' || line === '…') continue
    const start = shapeOf(line.replace(/…$/, ''))
    const at = lines.findIndex((actual, index) =>
      index >= from && line.endsWith('…') ? actual.startsWith(start) : index >= from && actual === start,
    )
    assert.ok(at >= 0, `"${command}" does not print "${line}" here:\n${output}`)
    from = at + 1
  }
}

describe('the tutorial', () => {
  it('prints at every step what it shows', async () => {
    const { root } = await copyCheckout()
    const port = String(await freePort())
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, PORT: port, NO_COLOR: '1' }
    const doc = readDoc(join(root, file))
    const end = doc.text.split('\n').findIndex((line) => line.startsWith(firstDockerHeading)) + 1
    assert.ok(end > 0)
    const local = (text: string) => text.replaceAll('localhost:8080', `localhost:${port}`)

    const start = (command: string) => {
      const child = spawn('bash', ['-c', `exec ${command}`], {
        cwd: root,
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          output += chunk
        })
      return { child, exited: once(child, 'exit'), output: () => output }
    }
    let server: ReturnType<typeof start> | undefined
    const stopServer = async () => {
      server?.child.kill('SIGINT')
      await server?.exited
      server = undefined
    }
    afterFile(stopServer)
    const run = async (command: string): Promise<string> => {
      if (/^npm (?:start|run dev)$/.test(command)) {
        await stopServer()
        const started = start(command)
        server = started
        while (!started.output().includes('Ctrl-C stops')) {
          assert.equal(started.child.exitCode, null, started.output())
          await delay(100)
        }
        return started.output()
      }
      const { output, exited } = start(command)
      await exited
      return output()
    }

    let ran = 0
    let last = { command: '', output: '' }
    for (const { language, line, text } of doc.blocks.filter((block) => block.line < end)) {
      if (language === 'sh') {
        const command = text.trim().replace(/^npm ci && /, '')
        last = { command, output: await run(command) }
        ran++
      } else if (language === 'ts') {
        const [, path = ''] = /^\/\/ (src\/\S+)\n/.exec(text) ?? []
        writeFileSync(join(root, path), text)
        // The server restarts when the file is saved.
        await until(async () => (await run('npm run try -- count_words x')).includes('"words"'))
      } else if (language === 'text') assertShows(local(text), last.output, last.command)
      else assert.fail(`line ${line}: "${language}" is no step`)
    }
    assert.ok(ran >= 9, `${ran} commands`)
  })
})

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 20; tries++) if (await holds()) return
  assert.fail('the server did not come back after the change')
}
