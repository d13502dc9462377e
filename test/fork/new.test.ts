import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { copyCheckout } from './support/copy.ts'

describe('npm run new', () => {
  it('writes files that fit the rest, and tests of them that pass', async () => {
    const { root, run } = await copyCheckout()
    const tests: string[] = []
    for (const [kind, name] of [
      ['tool', 'order_status'],
      ['prompt', 'explain_topic'],
      ['resource', 'note'],
      ['check', 'payments'],
    ]) {
      const output = await run('npm', 'run', '--silent', 'new', '--', kind ?? '', name ?? '')
      const written = [...output.matchAll(/^wrote (\S+)$/gm)].map(([, file = '']) => file)
      assert.ok(written.length >= 2, output)
      for (const file of written) assert.ok(existsSync(join(root, file)), file)
      tests.push(...written.filter((file) => file.endsWith('.test.ts')))
    }
    await run('npm', 'run', '--silent', 'check')
    const output = await run('npm', 'test', '--silent', '--', ...tests, 'test/e2e/tool-contract.test.ts')
    for (const name of ['order_status', 'explain_topic', 'note://', 'the check of payments'])
      assert.match(output, new RegExp(`✔ ${name}`), `${name} was not tested`)
  })

  it('says what is wrong with its arguments, and writes nothing over what is there', async () => {
    const { root, run } = await copyCheckout()
    const before = readFileSync(join(root, 'src/tools/fetch.tool.ts'), 'utf8')
    for (const [args, message] of [
      [[], /Usage: npm run new -- KIND NAME/],
      [['gadget', 'x'], /KIND {2}tool, resource, prompt, check/],
      [['tool', 'OrderStatus'], /"OrderStatus" must be snake_case/],
      [['tool', 'fetch'], /src\/tools\/fetch\.tool\.ts is there already/],
    ] as const)
      await assert.rejects(run('npm', 'run', '--silent', 'new', '--', ...args), message)
    assert.equal(readFileSync(join(root, 'src/tools/fetch.tool.ts'), 'utf8'), before)
  })
})
