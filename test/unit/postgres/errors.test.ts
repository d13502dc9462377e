import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import pg from 'pg'
import { AppError } from '../../../src/errors.ts'
import { toDatabaseError } from '../../../src/postgres/errors.ts'

const databaseError = (code: string) => Object.assign(new pg.DatabaseError('failed', 0, 'error'), { code })

const states = {
  // Disk, memory, connections; I/O; read-only replica; serialization failure, deadlock; shutdown; connection.
  unavailable: ['53100', '53200', '53300', '58030', '25006', '40001', '40P01', '57P01', '08006'],
  timeout: ['57014'],
  invalid_arguments: ['22021', '22P05', '54000'],
}

describe('toDatabaseError', () => {
  for (const [code, statesOfCode] of Object.entries(states))
    it(`maps the SQLSTATEs ${statesOfCode.join(', ')} to ${code}`, () => {
      for (const state of statesOfCode) {
        const cause = databaseError(state)
        const error = toDatabaseError(cause)
        assert.ok(error instanceof AppError && error.code === code, state)
        assert.equal(error.cause, cause)
      }
    })

  it('maps a socket error to unavailable', () => {
    const error = toDatabaseError(new Error('read ECONNRESET'))
    assert.ok(error instanceof AppError && error.code === 'unavailable')
  })

  it('returns any other error unchanged', () => {
    const error = databaseError('42P01')
    assert.equal(toDatabaseError(error), error)
  })
})
