import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { defineTool } from '../mcp/define/define-tool.ts'
import { Query } from './schemas.ts'

export default defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Returns the given text, optionally after a delay. Shows that the server works.',
  effect: 'read',
  scopes: ['text:read'],
  timeoutMs: 5_000,
  cache: { ttlSeconds: 60, share: 'public', from: 'resources' },
  input: z.object({
    text: Query,
    delay_ms: z
      .int()
      .min(0, 'must be 0 to 10000')
      .max(10_000, 'must be 0 to 10000')
      .default(0)
      .describe('Delay in milliseconds; values above 5000 exceed the timeout of this tool'),
  }),
  output: z.object({ text: z.string() }),
  async run({ text, delay_ms }, { signal }) {
    await delay(delay_ms, undefined, { signal })
    return { text }
  },
})
