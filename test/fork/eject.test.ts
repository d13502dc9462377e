import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { edits } from '../../dev/eject/samples.ts'
import { connectModern, connectV1 } from '../support/clients.ts'
import { commitAll, git, newName, renameTo } from './renaming.ts'
import { type Copy, copyCheckout } from './support/copy.ts'
import { addOneOfEach, checkAndTest, namesOfEach } from './support/steps.ts'
import { whileStarted } from './support/while-started.ts'

const ejectIn = ({ run }: Copy, ...args: string[]) =>
  run('npm', 'run', '--silent', 'eject', '--', 'samples', ...args)

describe('npm run eject -- samples, preconditions', () => {
  it('changes nothing outside a git checkout, with uncommitted changes, or when a file differs from the original', async () => {
    const copy = await copyCheckout()
    const isUnchanged = () => existsSync(join(copy.root, 'src/documents/store.ts'))
    await assert.rejects(copy.run('npm', 'run', '--silent', 'eject'), /Usage: npm run eject -- samples/)
    await assert.rejects(ejectIn(copy), /not a git checkout[\s\S]*src\/documents\n[\s\S]*--force/)
    commitAll(copy)
    appendFileSync(join(copy.root, 'SECURITY.md'), 'changed\n')
    await assert.rejects(ejectIn(copy), /uncommitted changes:\n +M SECURITY\.md/)
    await copy.run('git', 'mv', 'src/tools/search.tool.ts', 'src/tools/find.tool.ts')
    await copy.run('sed', '-i.bak', '/EXTERNAL_API_URL/d', 'docker-compose.yml')
    writeFileSync(join(copy.root, 'test/e2e/note.test.ts'), '')
    await assert.rejects(
      ejectIn(copy, '--force'),
      /nothing was changed:\n {2}src\/tools\/search\.tool\.ts: not found\n[\s\S]*docker-compose\.yml: does not contain/,
    )
    await assert.rejects(ejectIn(copy, '--force'), /test\/e2e\/note\.test\.ts: exists already/)
    assert.ok(isUnchanged())
  })
})

describe('npm run eject -- samples, after npm run rename and npm run new', () => {
  let copy: Copy
  before(async () => {
    copy = await copyCheckout()
    commitAll(copy)
    await renameTo(copy, newName)
    await addOneOfEach(copy)
    git(copy.root, 'add', '--all')
    git(copy.root, 'commit', '--quiet', '--message', 'Mine')
    const report = await ejectIn(copy)
    assert.ok(report.split('\n').length <= 24, 'the report is longer than a screen')
    assert.match(report, /^The sample is removed: \d+ files and folders deleted/)
  })

  it('deletes files and edits at most ten passages in other files', () => {
    assert.ok(edits.length <= 10, `${edits.length} edits`)
  })

  it('removes every trace of the sample and of itself', async () => {
    const { scripts } = JSON.parse(readFileSync(join(copy.root, 'package.json'), 'utf8'))
    assert.equal(scripts.eject, undefined)
    assert.ok(!existsSync(join(copy.root, 'dev/eject')))
    const samples =
      /[wW]ikipedia|add_document|search_all|investigate_alert|DocumentStore|EXTERNAL_API|circuit_breaker/
    for (const folder of [
      'src',
      'public',
      'migrations',
      'deploy',
      'grafana',
      'prometheus/rules',
      'dev/demo',
      'dev/new',
    ])
      for (const file of readdirSync(join(copy.root, folder), { recursive: true, encoding: 'utf8' })) {
        if (!/\.\w+$/.test(file) || file.endsWith('.png')) continue
        assert.doesNotMatch(readFileSync(join(copy.root, folder, file), 'utf8'), samples, `${folder}/${file}`)
      }
  })

  it('leaves a README whose migration comes after those that are applied', () => {
    const named = /migrations\/(\d+)_/.exec(readFileSync(join(copy.root, 'README.md'), 'utf8'))?.[1]
    const applied = readdirSync(join(copy.root, 'migrations')).map((file) => Number.parseInt(file, 10))
    assert.ok(Number(named) > Math.max(...applied), `${named}: ${applied}`)
  })

  it('leaves a lock file consistent with package.json', async () => {
    await copy.run('npm', 'ci', '--dry-run', '--offline', '--ignore-scripts', '--no-audit')
  })

  it('leaves a project that passes its checks and tests', async () => {
    const output = await checkAndTest(copy)
    assert.match(output, /^ℹ fail 0$/m)
    // The tests of the framework must remain.
    assert.ok(Number(/^ℹ pass (\d+)$/m.exec(output)?.[1]) > 400, output.slice(-400))
    assert.ok(Number(/^ℹ skipped (\d+)$/m.exec(output)?.[1]) <= 5, output.slice(-400))
    for (const name of namesOfEach) assert.match(output, new RegExp(`✔ ${name}`), `${name} was not tested`)
  })

  it('leaves a server that starts healthy and serves clients of both protocol revisions', async () => {
    await whileStarted(copy, async (url) => {
      for (const connect of [connectModern, connectV1]) {
        const client = await connect(new URL(`${url}/mcp`))
        const { tools } = await client.listTools()
        assert.deepEqual(
          tools.map(({ name }) => name),
          ['count_words', 'echo', 'order_status'],
        )
        const { structuredContent } = await client.callTool({ name: 'echo', arguments: { text: 'Grüße' } })
        assert.deepEqual(structuredContent, { text: 'Grüße' })
      }
      const health = await fetch(`${url}/health`)
      assert.equal(health.status, 200)
      const { checks } = (await health.json()) as { checks: object }
      assert.deepEqual(checks, { database: true, redis: true })
      assert.match(
        await (await fetch(`${url}/metrics`)).text(),
        /^mcp_tool_calls_total\{tool_name="echo",status="success"\} 2$/m,
      )
      assert.match(await (await fetch(url)).text(), /Call <code>echo<\/code>/)
      assert.match(await (await fetch(`${url}/documents/runbooks.watchdog`)).text(), /<h1>Watchdog<\/h1>/)
    })
  })
})
