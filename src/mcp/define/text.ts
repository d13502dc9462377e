import { z } from 'zod'

export interface TextOptions {
  readonly max: number
  /** Removes white space at both ends first. */
  readonly trim?: boolean
}

/** Text of 1 to `max` characters that can be stored: Postgres cannot store NUL characters. */
export const text = ({ max, trim = false }: TextOptions) =>
  (trim ? z.string().trim() : z.string())
    .min(1, 'must not be empty')
    .max(max, `must have at most ${max} characters`)
    .refine((value) => !value.includes('\0'), { error: 'must not contain a NUL character', abort: true })
