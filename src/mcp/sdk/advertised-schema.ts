import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import type { z } from 'zod'

/**
 * Why: the SDK validates by the schema that it advertises, before any code of a tool runs, so a rejected call would
 * reach neither the pipeline nor its record. Buys: every call is observed; no speed.
 * Delete when: a tool can advertise a schema without having the SDK enforce it.
 */
export function advertised(schema: z.ZodObject): StandardSchemaWithJSON {
  const standard = (schema as unknown as StandardSchemaWithJSON)['~standard']
  return { '~standard': { ...standard, validate: (value: unknown) => ({ value }) } }
}
