import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { callTool } from '../../../test/support/call-tool.ts'
import tool from './example-name.tool.ts'

describe('example_name', () => {
  it('counts the words of a text', async () => {
    const { result, record } = await callTool(tool, { text: 'one two  three' })
    assert.deepEqual(result, { words: 3 })
    assert.deepEqual(record.argumentKeys, ['text'])
  })

  it('rejects a call without a text', async () => {
    await assert.rejects(callTool(tool, {} as never), { code: 'invalid_arguments' })
  })
})
