import { AppError } from '../../errors.ts'

/** Position in a listing: the resource family and the last listed entry. */
export interface Cursor {
  readonly family: number
  readonly after: string | undefined
}

/** Clients must treat cursors as opaque (server/utilities/pagination), so they may change between releases. */
export function encodeCursor({ family, after }: Cursor): string {
  return Buffer.from(JSON.stringify([family, after ?? null])).toString('base64url')
}

/** @throws AppError for a cursor that is not from `encodeCursor` */
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
    // Not JSON: rejected below like any other invalid cursor.
  }
  throw new AppError('invalid_arguments', 'Invalid cursor; list again without one.')
}
