import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { namesOf, replacementsOf, replaceNames } from '../../dev/rename/names.ts'
import { assertNewNameIsUsed, assertOldNameIsGone, commitAll, git, newName, renameTo } from './renaming.ts'
import { type Copy, copyCheckout } from './support/copy.ts'
import { addOneOfEach, checkAndTest, namesOfEach } from './support/steps.ts'

describe('npm run rename', () => {
  let copy: Copy
  before(async () => {
    copy = await copyCheckout()
    commitAll(copy)
  })

  it('rejects invalid arguments with a hint and changes nothing', async () => {
    for (const [args, message] of [
      [[], /Usage: npm run rename/],
      [[newName, 'more'], /Usage: npm run rename/],
      [[newName, '--tilte', 'x'], /Unknown option '--tilte'/],
      [['ParcelDesk'], /"ParcelDesk" must be kebab-case/],
      [['parcel--desk'], /must be kebab-case/],
      [['9lives'], /a letter first/],
      [['x'.repeat(41)], /of at most 40/],
      [['gateway'], /"gateway" already means something else/],
      [[newName, '--title', "Parcel's"], /--title must be letters/],
    ] as const)
      await assert.rejects(renameTo(copy, ...args), message)
    assert.equal(git(copy.root, 'status', '--porcelain'), '')
  })

  it('refuses to run with uncommitted changes', async () => {
    appendFileSync(join(copy.root, 'README.md'), '\nA change.\n')
    await assert.rejects(renameTo(copy, newName), /not committed/)
    assert.equal(git(copy.root, 'diff', '--name-only'), 'README.md\n')
    git(copy.root, 'checkout', '--quiet', '.')
  })

  it('replaces the old name everywhere except in license and changelog', async () => {
    assert.match(await renameTo(copy, newName), /is now/)
    assertOldNameIsGone(copy)
    await assertNewNameIsUsed(copy)
  })

  it('changes nothing when it is repeated', async () => {
    const before = git(copy.root, 'diff')
    assert.match(await renameTo(copy, newName), /is called .* already/)
    assert.equal(git(copy.root, 'diff'), before)
  })

  // eject.test.ts runs the tests that remain without the sample, in a renamed copy.
  it('leaves a project with its additions that passes the checks and the tests of its files', async () => {
    const tests = (await addOneOfEach(copy)).filter((file) => file.endsWith('.test.ts'))
    const output = await checkAndTest(copy, 'unit/config', 'unit/deploy', 'unit/dev', 'unit/docs', ...tests)
    assert.match(output, /^ℹ fail 0$/m)
    for (const name of namesOfEach) assert.match(output, new RegExp(`✔ ${name}`), `${name} was not tested`)
  })

  it('handles a new name that contains the old one and skips standard terms and longer words', () => {
    const old = namesOf('orders-mcp', 'Orders MCP')
    const replacements = replacementsOf(old, 'mcp-server', namesOf('mcp-orders-mcp'))
    for (const [before, after] of [
      ['orders-mcp orders-mcp-demo orders_mcp', 'mcp-orders-mcp mcp-orders-mcp-demo mcp_orders_mcp'],
      ['job="mcp-server" /etc/mcp-server/ca', 'job="mcp-orders-mcp" /etc/mcp-orders-mcp/ca'],
      ['Orders MCP', 'MCP orders MCP'],
      ['mcp_server_operation_duration_seconds my-orders-mcp orders-mcps', undefined],
      ['application/mcp-server-card+json', undefined],
    ] as const)
      assert.equal(replaceNames(before, replacements), after ?? before)
  })
})
