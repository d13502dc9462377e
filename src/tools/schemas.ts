import { z } from 'zod'

/** Text that Postgres can hold: it has no way to store a NUL character. */
export const storableText = (schema: z.ZodString) =>
  schema.refine((text) => !text.includes('\0'), { error: 'must not contain a NUL character', abort: true })

export const Query = storableText(
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(1000, 'must have at most 1000 characters; search for the few words that matter'),
).meta({ description: 'What to look for, in a few words', examples: ['circuit breaker'] })

/** An entry of `search`, in the shape that ChatGPT's connectors ask for, plus the snippet. */
export const SearchResult = z.object({
  id: z.string().describe('Give this to "fetch" to read the document'),
  title: z.string(),
  url: z.string(),
  snippet: z.string().describe('The passages that matched, matches between **'),
})

export const WebResult = z.object({
  title: z.string(),
  url: z.string(),
  snippet: z.string().describe('The passage that matched, matches between **'),
})
