import { completable, type McpServer, type StandardSchemaWithJSON } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { isAllowed } from '../../auth/caller.ts'
import type { Prompt, PromptResult } from '../define/define-prompt.ts'
import { composeCall, type Operation, type OperationCall, type Stage } from '../pipeline/pipeline.ts'
import { callOperation, type HandlerDependencies, handlerTimeoutMs } from './call-operation.ts'

/** The request-independent part of a prompt. */
export interface PreparedPrompt {
  readonly prompt: Prompt
  readonly call: OperationCall
  /** By argument. */
  readonly complete: ReadonlyMap<string, OperationCall>
}

export function preparePrompt(prompt: Prompt, stages: readonly Stage[]): PreparedPrompt {
  const { name, scopes, complete = {} } = prompt
  const common = { scopes, timeoutMs: handlerTimeoutMs }
  return {
    prompt,
    call: composeCall(stages, { ...common, name, run: (args, context) => prompt.run(args, context) }),
    complete: new Map(
      Object.entries(complete).map(([argument, suggest]) => {
        const run: Operation['run'] = (value, context) => suggest(String(value), context)
        return [argument, composeCall(stages, { ...common, name: 'completion', run })]
      }),
    ),
  }
}

export function registerPrompt(
  mcp: McpServer,
  prepared: PreparedPrompt,
  dependencies: HandlerDependencies,
): void {
  const { name, title, description, scopes } = prepared.prompt
  const argsSchema = completableArgs(prepared, dependencies)
  const registered = mcp.registerPrompt(
    name,
    { title, description, argsSchema },
    async (args, { mcpReq }) => {
      const result = await callOperation<PromptResult>(prepared.call, args, dependencies, mcpReq.signal)
      if (typeof result !== 'string') return { messages: [...result] }
      return { messages: [{ role: 'user', content: { type: 'text', text: result } }] }
    },
  )
  if (!isAllowed(dependencies.caller, scopes)) registered.disable()
}

/** The prompt's arguments with completions in the SDK's format. */
function completableArgs(
  { prompt, complete }: PreparedPrompt,
  dependencies: HandlerDependencies,
): StandardSchemaWithJSON {
  const fields = [...complete].map(([name, call]) => {
    const suggest = async (value: unknown) => [
      ...(await callOperation<readonly string[]>(call, value, dependencies)),
    ]
    return [name, withCompletion(prompt.args.shape[name] as z.ZodType, suggest)]
  })
  // Keeps refinements and strictness.
  return prompt.args.safeExtend(Object.fromEntries(fields)) as unknown as StandardSchemaWithJSON
}

/** A copy, because `completable` mutates the schema, which all requests share. The SDK looks inside `optional()`. */
function withCompletion(field: z.ZodType, suggest: (value: unknown) => Promise<string[]>): z.ZodType {
  if (!(field instanceof z.ZodOptional)) return completable(field.clone(), suggest)
  const innerType = completable((field.unwrap() as z.ZodType).clone(), suggest)
  return field.clone({ ...field.def, innerType }, { parent: true })
}
