import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cases, control } from './cases.ts'

const script = fileURLToPath(new URL('measure.ts', import.meta.url))

/** The share of ended calls that stay in memory until the next full garbage collection. */
async function keptShare(name: string): Promise<number> {
  // Only the script collects garbage.
  const flags = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=64']
  const args = [...flags, '--import', 'tsx', script, name]
  return Number((await promisify(execFile)(process.execPath, args)).stdout)
}

describe('a call that has ended', () => {
  for (const name of Object.keys(cases).filter((name) => name !== control))
    it(`is not kept by ${name}`, async () => {
      const share = await keptShare(name)
      assert.ok(share < 0.1, `${share} of the calls stayed`)
    })

  it(`would be kept by ${control}`, async () => {
    const share = await keptShare(control)
    assert.ok(share > 0.5, `only ${share} of the calls stayed`)
  })
})
