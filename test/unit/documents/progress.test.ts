import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createProgress } from '../../../src/commands/progress.ts'

function terminal(columns: number, isTTY = true) {
  let written = ''
  const write = (text: string | Uint8Array) => {
    written += text
    return true
  }
  return { stream: { isTTY, columns, write }, text: () => written }
}

describe('createProgress', () => {
  it('shows files, rate and time left on a terminal, in place', () => {
    let now = 0
    const { stream, text } = terminal(80)
    const progress = createProgress(stream, () => now)
    now = 2_000
    progress.report(2_000, 100_000)
    assert.equal(text(), `\r\x1b[K█${'░'.repeat(29)} 2000 of 100000 files, 1000/s, 1:38 left`)
    now = 100_000
    progress.report(100_000, 100_000)
    progress.end()
    assert.ok(text().endsWith(`\r\x1b[K${'█'.repeat(30)} 100000 of 100000 files, 1000/s\n`))
  })

  it('drops the bar where the line would wrap, and ends an unfinished line', () => {
    const { stream, text } = terminal(40)
    const progress = createProgress(stream, () => 0)
    progress.report(1, 2)
    progress.end()
    assert.equal(text(), '\r\x1b[K1 of 2 files, 1000/s, 0:01 left\n')
  })

  it('writes one line per report elsewhere', () => {
    const { stream, text } = terminal(0, false)
    const progress = createProgress(stream)
    progress.report(1, 2)
    progress.report(2, 2)
    progress.end()
    assert.equal(text(), '1 of 2 files\n2 of 2 files\n')
  })
})
