import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import type { z } from 'zod'

/**
 * A schema for the SDK to show to clients but not to enforce: the pipeline validates, so that the observer
 * sees bad input too. It is converted to JSON Schema once, not at every `tools/list`.
 */
export function advertised(schema: z.ZodObject): StandardSchemaWithJSON {
  const standard = (schema as unknown as StandardSchemaWithJSON)['~standard']
  const converted = new Map<string, Record<string, unknown>>()
  const convert =
    (direction: 'input' | 'output') => (options: Parameters<typeof standard.jsonSchema.input>[0]) => {
      let json = converted.get(direction)
      if (json === undefined) {
        json = standard.jsonSchema[direction](options)
        converted.set(direction, json)
      }
      return json
    }
  return {
    '~standard': {
      ...standard,
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: convert('input'), output: convert('output') },
    },
  }
}
