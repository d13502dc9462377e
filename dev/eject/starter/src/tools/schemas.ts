import { z } from 'zod'

/** Postgres cannot store NUL characters. */
const storableText = (schema: z.ZodString) =>
  schema.refine((text) => !text.includes('\0'), { error: 'must not contain a NUL character', abort: true })

export const Query = storableText(
  z.string().trim().min(1, 'must not be empty').max(1000, 'must have at most 1000 characters'),
).meta({ description: 'Some words', examples: ['hello'] })
