import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { copyCheckout } from './support/copy.ts'
import { addOneOfEach, namesOfEach } from './support/steps.ts'

describe('npm run new', () => {
  // That all other tests pass beside them is seen where a renamed copy is tested.
  it('writes files that fit the rest, with tests that pass', async () => {
    const copy = await copyCheckout()
    const written = await addOneOfEach(copy)
    await copy.run('npm', 'run', '--silent', 'check')
    const tests = written.filter((file) => file.endsWith('.test.ts'))
    const output = await copy.run('npm', 'test', '--silent', '--', ...tests)
    for (const name of namesOfEach) assert.match(output, new RegExp(`✔ ${name}`), `${name} was not tested`)
  })

  it('says what is wrong with its arguments, and writes nothing over what is there', async () => {
    const { root, run } = await copyCheckout()
    const make = (...args: string[]) => run('npm', 'run', '--silent', 'new', '--', ...args)
    await make('tool', 'mine')
    const before = readFileSync(join(root, 'src/tools/mine.tool.ts'), 'utf8')
    for (const [args, message] of [
      [[], /Usage: npm run new -- KIND NAME/],
      [['gadget', 'x'], /KIND {2}tool, resource, prompt, check/],
      [['tool', 'OrderStatus'], /"OrderStatus" must be snake_case/],
      [['tool', 'mine'], /src\/tools\/mine\.tool\.ts is there already/],
    ] as const)
      await assert.rejects(make(...args), message)
    assert.equal(readFileSync(join(root, 'src/tools/mine.tool.ts'), 'utf8'), before)
  })
})
