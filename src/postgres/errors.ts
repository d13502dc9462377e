import pg from 'pg'
import { AppError } from '../errors.ts'

/** Whatever is no answer of Postgres came from the socket; a fatal answer is the last one on its connection. */
export const endsConnection = (error: unknown): boolean =>
  !(error instanceof pg.DatabaseError) || error.severity === 'FATAL'

/** That no connection can be had is never the caller's fault, whatever Postgres gives as the reason. */
export const noConnection = (error: unknown): AppError =>
  new AppError('unavailable', 'The document store cannot be used right now; try again in a moment.', {
    cause: error,
  })

/** SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html */
export function toDatabaseError(error: unknown): unknown {
  const state = error instanceof pg.DatabaseError ? (error.code ?? '') : 'socket'
  if (state === '57014') {
    return new AppError('timeout', 'The document store took too long to answer; try a narrower request.', {
      cause: error,
    })
  }
  if (state === '22021' || state === '22P05') {
    return new AppError('invalid_arguments', 'The text must not contain a NUL character.', { cause: error })
  }
  if (state === '54000') {
    return new AppError('invalid_arguments', 'The text is too long or too complex to be indexed.', {
      cause: error,
    })
  }
  return isPassing(state) ? noConnection(error) : error
}

/**
 * What another try may not meet: a broken connection (08), no disk, memory or connections left (53), a server
 * that starts or stops (57), trouble of its system (58); a replica that is not the primary yet (25006), and
 * a conflict with another transaction (40).
 */
const isPassing = (state: string): boolean => /^(08|53|57|58|25006|40|socket)/.test(state)
