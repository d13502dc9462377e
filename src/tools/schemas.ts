import { z } from 'zod'
import { text } from '../mcp/define/text.ts'

export const Query = text({ max: 1000, trim: true }).meta({
  description: 'What to look for, in a few words',
  examples: ['circuit breaker'],
})

/** A result of `search`, in the shape that ChatGPT connectors require, plus the snippet. */
export const SearchResult = z.object({
  id: z.string().describe('Pass this to "fetch" to read the document'),
  title: z.string(),
  url: z.string(),
  snippet: z.string().describe('The best matching passage, as plain text'),
})

export const SearchNote = z
  .string()
  .optional()
  .describe('Present if the results are not for the query as written: explains the difference')

export const WebResult = z.object({
  title: z.string(),
  url: z.string(),
  snippet: z.string().describe('Matching passage, with matches between **'),
})
