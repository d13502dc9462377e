import type { McpServer, RequestStateCodec, ServerEventBus } from '@modelcontextprotocol/server'
import { registerContentTools } from './fixtures/content-tools.ts'
import { registerInputRequired } from './fixtures/input-required.ts'
import { registerNotificationTools } from './fixtures/notification-tools.ts'
import { registerFixturePrompts } from './fixtures/prompts.ts'
import { type RoundState, registerRequestState } from './fixtures/request-state.ts'
import { registerFixtureResources } from './fixtures/resources.ts'
import { registerServerRequests2025 } from './fixtures/server-requests-2025.ts'

export interface FixtureDependencies {
  readonly bus: ServerEventBus
  readonly requestState: RequestStateCodec<RoundState>
}

/** Registers the tools, prompts and resources that the official conformance suite calls by fixed names. */
export function registerFixtures(mcp: McpServer, { bus, requestState }: FixtureDependencies): void {
  // Fixture tools change these lists; in production only a deployment changes them.
  mcp.server.registerCapabilities({ tools: { listChanged: true }, prompts: { listChanged: true } })
  registerContentTools(mcp)
  registerNotificationTools(mcp, bus)
  registerInputRequired(mcp)
  registerRequestState(mcp, requestState)
  registerServerRequests2025(mcp)
  registerFixtureResources(mcp)
  registerFixturePrompts(mcp)
}
