import { AppError } from '../errors.ts'
import type { NewDocument } from './document.ts'
import { describeProblem, IngestError } from './problem.ts'

const undefinedTable = '42P01'

/** Converts an error of Postgres to one that names the files of the batch; returns any other error unchanged. */
export function databaseFailure(error: unknown, batch: readonly NewDocument[] = []): unknown {
  if (!(error instanceof AppError) && !(error instanceof Error && 'severity' in error)) return error
  // ECONNREFUSED for several addresses is an AggregateError without a message.
  const { message, code } = (
    error instanceof AppError ? (error.cause ?? error) : error
  ) as NodeJS.ErrnoException
  const reason =
    code === undefinedTable
      ? 'the database has no tables yet: run `npm run db:migrate`'
      : `the database failed: ${message || code}`
  const sources = batch.map(({ source }) => source)
  const files =
    sources.length > 1
      ? `${sources[0]} to ${sources.at(-1)} (${sources.length} files)`
      : (sources[0] ?? 'load')
  return new IngestError(`${describeProblem({ path: files, reason })}\nNothing was loaded.`, { cause: error })
}
