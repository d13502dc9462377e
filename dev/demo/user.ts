import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '@modelcontextprotocol/client'
import { connect, judge } from './connection.ts'
import type { Patience } from './patience.ts'
import { type Memory, nameOf, perform, type Request } from './perform.ts'
import type { Step, Visit } from './plan.ts'
import type { Tally } from './tally.ts'
import type { Visitor } from './visitors.ts'

export interface World {
  readonly url: URL
  readonly tally: Tally
  readonly patience: Patience
  readonly courtesy: (tool: string) => string
  /** Ends everything, calls in flight included. */
  readonly signal: AbortSignal
}

/** Lives through one visit after the other: connect, do what is planned, leave. Rejects when the signal is aborted. */
export async function runUser(visitor: Visitor, visits: Iterable<Visit>, world: World): Promise<void> {
  const { url, tally, patience, signal } = world
  const { era } = visitor
  for (const { steps, pauseAfterMs } of visits) {
    const client = await patience.until(async () => {
      const startedAt = performance.now()
      const client = await connect(url, visitor, signal)
      const what = era === 'modern' ? 'server/discover' : 'initialize'
      tally.add({ what, era, result: 'ok', durationMs: performance.now() - startedAt })
      return client
    }, signal)
    try {
      await visit(client, visitor, steps, world)
    } finally {
      await client.close()
    }
    await delay(pauseAfterMs, undefined, { signal })
  }
}

/** Ends early when the server is away: the next visit waits for it. */
async function visit(client: Client, visitor: Visitor, steps: readonly Step[], world: World): Promise<void> {
  const memory: Memory = { found: [] }
  for (const { thinkMs, actions, traceparent } of steps) {
    await delay(thinkMs, undefined, { signal: world.signal })
    const away = await Promise.all(
      actions.map((action) => act(client, visitor, { action, traceparent, memory }, world)),
    )
    if (away.includes(true)) return
  }
}

/** @returns whether the server turned out to be away */
async function act(client: Client, { era }: Visitor, request: Request, world: World): Promise<boolean> {
  const startedAt = performance.now()
  const { what, result, away } = await perform(client, request, world).catch((error: unknown) => {
    world.signal.throwIfAborted()
    const verdict = judge(error)
    if (verdict.away) world.patience.noticed(error instanceof Error ? error.message : String(error))
    return { what: nameOf(request.action), ...verdict }
  })
  world.tally.add({ what, era, result, durationMs: performance.now() - startedAt })
  return away
}

/** Holds a stream of change notices open as long as the server lets it, and opens the next one then. */
export async function runListener(visitor: Visitor, { url, patience, signal }: World): Promise<void> {
  for (;;) {
    await patience.until(async () => {
      const client = await connect(url, visitor, signal)
      try {
        const { closed } = await client.listen(
          { resourcesListChanged: true, promptsListChanged: true },
          { signal },
        )
        await closed
      } finally {
        await client.close()
      }
    }, signal)
    await delay(1_000, undefined, { signal })
  }
}
