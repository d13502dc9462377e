/** The shared tool of all candidates, copied into the tools folder of a build. */
import { z } from 'zod'
import { defineTool } from '../mcp/define/define-tool.js'

export default defineTool({
  name: 'echo',
  title: 'Echo',
  description: 'Returns what it is given.',
  effect: 'read',
  scopes: ['echo:read'],
  timeoutMs: 5_000,
  input: z.object({ message: z.string() }),
  output: z.object({ message: z.string() }),
  async run({ message }) {
    return { message }
  },
})
