import { z } from 'zod'

/** Postgres cannot store NUL characters in text. */
export const storableText = (schema: z.ZodString) =>
  schema.refine((text) => !text.includes('\0'), { error: 'must not contain a NUL character', abort: true })

export const Query = storableText(
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(1000, 'must have at most 1000 characters; search for the few words that matter'),
).meta({ description: 'What to look for, in a few words', examples: ['circuit breaker'] })

/** A result of `search`, in the shape that ChatGPT connectors require, plus the snippet. */
export const SearchResult = z.object({
  id: z.string().describe('Pass this to "fetch" to read the document'),
  title: z.string(),
  url: z.string(),
  snippet: z.string().describe('Matching passages, with matches between **'),
})

export const WebResult = z.object({
  title: z.string(),
  url: z.string(),
  snippet: z.string().describe('Matching passage, with matches between **'),
})
