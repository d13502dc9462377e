import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/server'
import { thirdPartyText } from './third-party-text.ts'
import type { ToolResult } from './tool-operation.ts'

/**
 * A tool's result for the client: structured content also as JSON text, for clients that support only text
 * (server/tools, "Structured Content"), then other content.
 * @param isThirdParty callers or external systems wrote its text
 */
export function toCallToolResult(
  { structuredContent, content = [], _meta }: ToolResult,
  isThirdParty: boolean,
): { result: CallToolResult; bytes: number } {
  const json = structuredContent && JSON.stringify(structuredContent)
  const blocks: ContentBlock[] =
    json === undefined ? [...content] : [{ type: 'text', text: json }, ...content]
  const bytes =
    (json === undefined ? 0 : Buffer.byteLength(json)) +
    (content.length === 0 ? 0 : Buffer.byteLength(JSON.stringify(content)))
  return {
    result: {
      content: isThirdParty ? blocks.map(asThirdParty) : blocks,
      ...(structuredContent && { structuredContent }),
      ...(_meta && { _meta }),
    },
    bytes,
  }
}

const asThirdParty = (block: ContentBlock): ContentBlock => ({
  ...block,
  _meta: { ...block._meta, ...thirdPartyText._meta },
})

/** A tool's result for traces, with the size of binary data instead of the data, in which no secret is recognised. */
export function toCapturedResult({ structuredContent, content = [] }: ToolResult): unknown {
  if (content.length === 0) return structuredContent
  return { ...(structuredContent && { structuredContent }), content: content.map(withoutData) }
}

function withoutData(block: ContentBlock): unknown {
  if ('data' in block) return { ...block, data: sizeOf(block.data) }
  if (block.type !== 'resource' || !('blob' in block.resource)) return block
  return { ...block, resource: { ...block.resource, blob: sizeOf(block.resource.blob) } }
}

const sizeOf = (base64: string): string => `[${Buffer.byteLength(base64, 'base64')} bytes]`

/** A failed call as a result for the model. The code comes first, for programs. */
export const toolErrorResult = (code: string, message: string): CallToolResult => ({
  content: [{ type: 'text', text: `${code}: ${message}` }],
  isError: true,
})
