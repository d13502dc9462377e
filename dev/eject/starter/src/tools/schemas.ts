import { text } from '../mcp/define/text.ts'

export const Query = text({ max: 1000, trim: true }).meta({ description: 'Some words', examples: ['hello'] })
