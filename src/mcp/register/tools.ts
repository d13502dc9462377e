import {
  type CallToolResult,
  type Icon,
  type InputRequiredResult,
  isInputRequiredResult,
  type Tool as ListedTool,
  type McpServer,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
  type StandardSchemaWithJSON,
  type ToolAnnotations,
} from '@modelcontextprotocol/server'
import { type Caller, isAllowed, type RequiredScopes } from '../../auth/caller.ts'
import { toAppError } from '../../errors.ts'
import type { Tool, ToolContext } from '../define/define-tool.ts'
import { InputRequired } from '../pipeline/input-required.ts'
import { composeCall, type OperationCall, type Stage } from '../pipeline/pipeline.ts'
import { advertised } from '../sdk/advertised-schema.ts'
import { createCallContext } from './call-context.ts'
import type { HandlerDependencies } from './call-operation.ts'
import { createElicit } from './elicit.ts'
import { type ToolResult, toolOperation } from './tool-operation.ts'
import { toCallToolResult, toCapturedResult, toolErrorResult } from './tool-result.ts'

interface ToolConfig {
  readonly title: string
  readonly description: string
  readonly inputSchema: StandardSchemaWithJSON
  readonly outputSchema?: StandardSchemaWithJSON
  readonly annotations: ToolAnnotations
  readonly icons?: Icon[]
}

/** The request-independent part of a tool. */
export interface PreparedTool {
  readonly name: string
  readonly scopes: RequiredScopes
  readonly config: ToolConfig
  /** The tool's entry in `tools/list`. */
  readonly listed: ListedTool
  readonly call: OperationCall
}

export function prepareTool(tool: Tool, stages: readonly Stage[]): PreparedTool {
  const config: ToolConfig = {
    title: tool.title,
    description: tool.description,
    inputSchema: advertised(tool.input),
    ...(tool.output && { outputSchema: advertised(tool.output) }),
    annotations: annotationsOf(tool),
    ...(tool.icons && { icons: tool.icons }),
  }
  return {
    name: tool.name,
    scopes: tool.scopes,
    config,
    listed: {
      ...config,
      name: tool.name,
      inputSchema: jsonSchema(config.inputSchema, 'input'),
      outputSchema: config.outputSchema && jsonSchema(config.outputSchema, 'output'),
    },
    call: composeCall(stages, toolOperation(tool)),
  }
}

/** The JSON Schema dialect of the SDK. */
const jsonSchema = (
  schema: StandardSchemaWithJSON,
  direction: 'input' | 'output',
): ListedTool['inputSchema'] => ({
  type: 'object',
  ...schema['~standard'].jsonSchema[direction]({ target: 'draft-2020-12' }),
})

/** Whether clients repeat arguments of the tool in HTTP headers (`x-mcp-header`), which the SDK then compares. */
export const hasParamHeaders = ({ listed }: PreparedTool): boolean =>
  JSON.stringify(listed.inputSchema).includes('"x-mcp-header"')

/** Fast path: serves `tools/list` from prepared entries, without registering tools. */
export function serveToolList(server: Server, tools: Iterable<PreparedTool>, caller: Caller): void {
  server.setRequestHandler('tools/list', () => ({
    tools: [...tools].filter(({ scopes }) => isAllowed(caller, scopes)).map(({ listed }) => listed),
  }))
}

/** Fast path: serves `tools/call` of one tool, without registering it. */
export function serveTool(
  server: Server,
  tool: PreparedTool | undefined,
  dependencies: HandlerDependencies,
): void {
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    if (tool === undefined || !isAllowed(dependencies.caller, tool.scopes))
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Tool ${params.name} not found`)
    const result = await callTool(tool, params.arguments ?? {}, context, dependencies)
    return isInputRequiredResult(result)
      ? result
      : server.projectCallToolResult(result, tool.listed.outputSchema)
  })
}

/** Registers a tool that the caller's scopes allow. */
export function registerTool(mcp: McpServer, tool: PreparedTool, dependencies: HandlerDependencies): void {
  if (!isAllowed(dependencies.caller, tool.scopes)) return
  mcp.registerTool(tool.name, tool.config, (args: unknown, context: ServerContext) =>
    callTool(tool, args, context, dependencies),
  )
}

async function callTool(
  tool: PreparedTool,
  args: unknown,
  { mcpReq }: ServerContext,
  dependencies: HandlerDependencies,
): Promise<CallToolResult | InputRequiredResult> {
  const { observer, turns } = dependencies
  const record = observer.current()
  if (record === undefined) throw new Error('a tool was called outside of an observed message')
  try {
    const context = createCallContext(dependencies, record, mcpReq.signal, {
      progress: progressOf(mcpReq),
      elicit: createElicit(record, args, mcpReq),
    })
    const output = (await tool.call(args, context)) as ToolResult
    await turns(output)
    const { result, bytes } = toCallToolResult(output, tool.config.annotations.openWorldHint === true)
    record.resultBytes = bytes
    record.result = toCapturedResult(output)
    return result
  } catch (error) {
    if (error instanceof InputRequired) return error.toResult()
    const { code, message } = toAppError(error)
    record.errorCode ??= code
    return toolErrorResult(code, message)
  }
}

function annotationsOf({ title, effect, idempotent, openWorld }: Tool): ToolAnnotations {
  return {
    title,
    readOnlyHint: effect === 'read',
    destructiveHint: effect === 'destroy',
    idempotentHint: effect === 'read' || idempotent === true,
    openWorldHint: openWorld === true,
  }
}

/** Sends progress only to callers that sent a progress token. */
function progressOf({ _meta, notify }: ServerContext['mcpReq']): ToolContext['progress'] {
  const progressToken = _meta?.progressToken
  if (progressToken === undefined) return async () => undefined
  return (progress, total, message) =>
    notify({ method: 'notifications/progress', params: { progressToken, progress, total, message } })
}
