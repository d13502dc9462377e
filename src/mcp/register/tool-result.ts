import type { CallToolResult } from '@modelcontextprotocol/server'
import { type AppError, toAppError } from '../../errors.ts'

/** Calls that share one answer, because they asked the same at the same time, share its text too. */
const written = new WeakMap<object, { readonly text: string; readonly bytes: number }>()

/**
 * A tool's answer as both of what the specification offers: structured content, and the same as JSON text
 * for clients that know only text (server/tools, "Structured Content").
 */
export function toCallToolResult(output: unknown): { result: CallToolResult; bytes: number } {
  const structuredContent = output as Record<string, unknown>
  let json = written.get(structuredContent)
  if (json === undefined) {
    const text = JSON.stringify(output)
    json = { text, bytes: Buffer.byteLength(text) }
    written.set(structuredContent, json)
  }
  const { text, bytes } = json
  return { result: { content: [{ type: 'text', text }], structuredContent }, bytes }
}

/** A failed call as a result the model can read and act upon. The code comes first, for programs. */
export function toErrorResult(thrown: unknown): CallToolResult {
  const error: AppError = toAppError(thrown)
  return { content: [{ type: 'text', text: `${error.code}: ${error.message}` }], isError: true }
}
