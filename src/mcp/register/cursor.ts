import { AppError } from '../../errors.ts'

/** Where a listing goes on: which family of resources, and after which of its entries. */
export interface Cursor {
  readonly family: number
  readonly after: string | undefined
}

/** Clients must treat cursors as opaque (server/utilities/pagination), so they may change between releases. */
export function encodeCursor({ family, after }: Cursor): string {
  return Buffer.from(JSON.stringify([family, after ?? null])).toString('base64url')
}

/** @throws AppError for anything `encodeCursor` did not make */
export function decodeCursor(cursor: string | undefined): Cursor {
  if (cursor === undefined) return { family: 0, after: undefined }
  try {
    const [family, after] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [unknown, unknown]
    if (
      Number.isInteger(family) &&
      (after === null || (typeof after === 'string' && !after.includes('\0')))
    ) {
      return { family: family as number, after: after ?? undefined }
    }
  } catch {
    // Not our JSON: falls through to the one answer for all bad cursors.
  }
  throw new AppError(
    'invalid_arguments',
    'The cursor is not one that this server gave out; list again from the beginning.',
  )
}
