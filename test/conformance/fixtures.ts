import type { McpServer, RequestStateCodec, ServerEventBus } from '@modelcontextprotocol/server'
import { registerContentTools } from './fixtures/content-tools.ts'
import { registerInputRequired } from './fixtures/input-required.ts'
import { registerNotifyingTools } from './fixtures/notifying-tools.ts'
import { registerFixturePrompts } from './fixtures/prompts.ts'
import { register2025Features } from './fixtures/push-2025.ts'
import { type RoundState, registerRequestState } from './fixtures/request-state.ts'
import { registerFixtureResources } from './fixtures/resources.ts'

export interface FixtureDependencies {
  readonly bus: ServerEventBus
  readonly requestState: RequestStateCodec<RoundState>
}

/** Everything the official conformance suite expects to find by a fixed name on the server it tests. */
export function registerFixtures(mcp: McpServer, { bus, requestState }: FixtureDependencies): void {
  // The suite changes these lists through fixture tools; in production they change with a deployment only.
  mcp.server.registerCapabilities({ tools: { listChanged: true }, prompts: { listChanged: true } })
  registerContentTools(mcp)
  registerNotifyingTools(mcp, bus)
  registerInputRequired(mcp)
  registerRequestState(mcp, requestState)
  register2025Features(mcp)
  registerFixtureResources(mcp)
  registerFixturePrompts(mcp)
}
