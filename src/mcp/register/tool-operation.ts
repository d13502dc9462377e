import { specTypeSchemas } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { Tool } from '../define/define-tool.ts'
import type { CachedOf, ContentResult, OutputSchema } from '../define/results.ts'
import { isObject } from '../message.ts'
import type { Operation } from '../pipeline/pipeline.ts'

/** A tool's result in the pipeline and in the cache: one form for all that `run` may return. */
export interface ToolResult extends Partial<ContentResult> {
  readonly structuredContent?: Record<string, unknown>
}

/** A tool as an operation of the pipeline. */
export function toolOperation(tool: Tool): Operation {
  const { cache, output, ...operation } = tool
  const cached = (result: unknown) => (output ? (result as ToolResult).structuredContent : result)
  return {
    ...operation,
    output: resultSchema(output),
    ...(cache && {
      cache: {
        ...cache,
        unless: (result) => cache.unless?.(cached(result) as CachedOf<OutputSchema>) === true,
      },
    }),
    run: async (args, context) =>
      toToolResult(await tool.run(args as z.output<z.ZodObject>, context), output !== undefined),
  }
}

/** Validates content blocks here, because the SDK would report an invalid one as a client error. */
const isContent = (blocks: unknown[]): boolean =>
  blocks.every((block) => specTypeSchemas.ContentBlock['~standard'].validate(block).issues === undefined)

const resultSchema = (output: OutputSchema) =>
  z.strictObject({
    ...(output && { structuredContent: output }),
    content: output ? content.optional() : content,
    _meta: z.record(z.string(), z.unknown()).optional(),
  })
const content = z.array(z.unknown()).refine(isContent, 'must be content of the protocol')

function toToolResult(result: unknown, isStructured: boolean): unknown {
  if (isStructured)
    return isObject(result) && 'structuredContent' in result ? result : { structuredContent: result }
  if (typeof result === 'string') return { content: [{ type: 'text', text: result }] }
  return Array.isArray(result) ? { content: result } : result
}
