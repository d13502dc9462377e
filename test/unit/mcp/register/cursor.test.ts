import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { AppError } from '../../../../src/errors.ts'
import { decodeCursor, encodeCursor } from '../../../../src/mcp/register/cursor.ts'

describe('decodeCursor', () => {
  it('restores an encoded cursor', () => {
    for (const cursor of [
      { family: 0, after: 'a.b' },
      { family: 3, after: undefined },
    ])
      assert.deepEqual(decodeCursor(encodeCursor(cursor)), cursor)
    assert.deepEqual(decodeCursor(undefined), { family: 0, after: undefined })
  })

  it('rejects a malformed cursor with invalid_arguments', () => {
    for (const cursor of [
      '',
      'x',
      '🙂',
      Buffer.from('[0,"a\\u0000"]').toString('base64url'),
      Buffer.from('["0",null]').toString('base64url'),
      Buffer.from('null').toString('base64url'),
    ]) {
      assert.throws(
        () => decodeCursor(cursor),
        (error) => error instanceof AppError && error.code === 'invalid_arguments',
        cursor,
      )
    }
  })
})
