import type { CallToolResult } from '@modelcontextprotocol/server'
import { type AppError, toAppError } from '../../errors.ts'

/**
 * A tool's result as structured content and as JSON text, for clients that support only text (server/tools,
 * "Structured Content").
 */
export function toCallToolResult(output: unknown): { result: CallToolResult; bytes: number } {
  const text = JSON.stringify(output)
  const structuredContent = output as Record<string, unknown>
  return {
    result: { content: [{ type: 'text', text }], structuredContent },
    bytes: Buffer.byteLength(text),
  }
}

/** A failed call as a result for the model. The code comes first, for programs. */
export function toErrorResult(thrown: unknown): CallToolResult {
  const error: AppError = toAppError(thrown)
  return { content: [{ type: 'text', text: `${error.code}: ${error.message}` }], isError: true }
}
