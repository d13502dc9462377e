import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'

interface Locked {
  readonly integrity?: string
  readonly resolved?: string
}

const files = ['package-lock.json', 'bench/package-lock.json'].filter((file) => existsSync(file))

for (const file of files) {
  describe(file, () => {
    const packages: Record<string, Locked> = JSON.parse(readFileSync(file, 'utf8')).packages
    const locked = Object.entries(packages).filter(([path]) => path !== '')

    it('pins every package by a SHA-512 hash', () => {
      assert.ok(locked.length > 50)
      const unhashed = locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))
      assert.deepEqual(Object.fromEntries(unhashed), {})
    })

    it('contains no registry URL', () => {
      assert.deepEqual(Object.fromEntries(locked.filter(([, { resolved }]) => resolved !== undefined)), {})
    })
  })
}
