import type { CallToolResult } from '@modelcontextprotocol/server'
import { type AppError, toAppError } from '../../errors.ts'
import { thirdPartyText } from './third-party-text.ts'

/**
 * A tool's result as structured content and as JSON text, for clients that support only text (server/tools,
 * "Structured Content").
 * @param isThirdParty callers or external systems wrote its text
 */
export function toCallToolResult(
  output: unknown,
  isThirdParty: boolean,
): { result: CallToolResult; bytes: number } {
  const text = JSON.stringify(output)
  const structuredContent = output as Record<string, unknown>
  return {
    result: { content: [{ type: 'text', text, ...(isThirdParty && thirdPartyText) }], structuredContent },
    bytes: Buffer.byteLength(text),
  }
}

/** A failed call as a result for the model. The code comes first, for programs. */
export function toErrorResult(thrown: unknown): CallToolResult {
  const error: AppError = toAppError(thrown)
  return toolErrorResult(error.code, error.message)
}

export const toolErrorResult = (code: string, message: string): CallToolResult => ({
  content: [{ type: 'text', text: `${code}: ${message}` }],
  isError: true,
})
