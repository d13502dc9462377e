import pg from 'pg'
import { AppError } from '../errors.ts'

/** True for socket errors and for FATAL errors, after which Postgres closes the connection. */
export const breaksConnection = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || error.severity === 'FATAL'

/** After a switchover, connections through a proxy may still lead to the former primary. */
export const isReadOnly = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '25006'

/** A connection failure is a server error, for any SQLSTATE. */
export const unavailable = (error: unknown): AppError =>
  new AppError('unavailable', 'The document store is unavailable; try again in a moment.', { cause: error })

/** SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function toDatabaseError(error: unknown): unknown {
  const state = error instanceof pg.DatabaseError ? (error.code ?? '') : 'socket'
  if (state === '57014') {
    return new AppError('timeout', 'The document store timed out; narrow the request.', { cause: error })
  }
  if (state === '22021' || state === '22P05') {
    return new AppError('invalid_arguments', 'The text must not contain a NUL character.', { cause: error })
  }
  if (state === '54000') {
    return new AppError('invalid_arguments', 'The text is too long or too complex to be indexed.', {
      cause: error,
    })
  }
  return isTransient(state) ? unavailable(error) : error
}

/**
 * Retryable: connection failure (08), resources exhausted (53), server starting or stopping (57), system error (58),
 * a replica not yet promoted (25006), and a transaction conflict (40).
 */
const isTransient = (state: string): boolean => /^(08|53|57|58|25006|40|socket)/.test(state)
