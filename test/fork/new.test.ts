import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { copyCheckout } from './support/copy.ts'
import { addOneOfEach, namesOfEach } from './support/steps.ts'

describe('npm run new', () => {
  // rename.test.ts runs the checks of a copy with these files.
  it('writes files with passing tests', async () => {
    const copy = await copyCheckout()
    const written = await addOneOfEach(copy)
    const tests = written.filter((file) => file.endsWith('.test.ts'))
    const output = await copy.run('npm', 'test', '--silent', '--', ...tests)
    for (const name of namesOfEach) assert.match(output, new RegExp(`✔ ${name}`), `${name} was not tested`)
  })

  it('rejects invalid arguments with a hint and overwrites no file', async () => {
    const { root, run } = await copyCheckout()
    const runNew = (...args: string[]) => run('npm', 'run', '--silent', 'new', '--', ...args)
    await runNew('tool', 'mine')
    // Reserved words are valid names of tools.
    await runNew('tool', 'export')
    const before = readFileSync(join(root, 'src/tools/mine.tool.ts'), 'utf8')
    for (const [args, message] of [
      [[], /Usage: npm run new -- KIND NAME/],
      [['gadget', 'x'], /KIND {2}tool, resource, prompt, check/],
      [['tool', 'OrderStatus'], /"OrderStatus" must be snake_case/],
      [['tool', 'mine'], /src\/tools\/mine\.tool\.ts is there already/],
    ] as const)
      await assert.rejects(runNew(...args), message)
    assert.equal(readFileSync(join(root, 'src/tools/mine.tool.ts'), 'utf8'), before)
  })
})
