import assert from 'node:assert/strict'
import { request } from 'node:http'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { modernRequest } from '../support/raw.ts'
import { scrape } from '../support/scrape.ts'
import { tools } from './support/calls.ts'
import { type Fault, runFault } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'

const blockedMs = 3_000
/** Preloaded into the server: a signal keeps its only thread busy. Not a line of the product knows of it. */
const blocker = `process.on('SIGUSR2',()=>Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,${blockedMs}))`

let stack: FaultStack
before(async () => {
  stack = await startFaultStack({
    env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(blocker)}` },
  })
})

/** All that waited is late by that much, and some of it finds its time over when it goes on. */
const late = Object.fromEntries(
  tools.map((tool) => [
    tool,
    ['ok', 'unavailable', 'timeout', 'upstream_error', 'without wikipedia', 'without documents'],
  ]),
)

const abandoned = 40
/** Calls whose callers go away in the middle of them, in an API that takes its time. */
async function abandonCalls(): Promise<void> {
  stack.api.setFault({ kind: 'slow', delayMs: 1_000 })
  for (let n = 0; n < abandoned; n++) {
    const params = { name: 'search_wikipedia', arguments: { query: `abandoned ${n}` } }
    const sent = request(stack.server.mcpUrl, {
      method: 'POST',
      agent: false,
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'search_wikipedia',
      },
    })
    sent.on('error', () => undefined).end(JSON.stringify(modernRequest('tools/call', params)))
    setTimeout(() => sent.destroy(), 600)
    await delay(50)
  }
}

let longestLagSeconds = 0
const faults: Fault[] = [
  {
    name: 'server: its event loop is blocked for 3 s',
    inject: () => stack.server.child.kill('SIGUSR2'),
    repair: () => undefined,
    lastsMs: blockedMs + 2_000,
    declared: late,
    shows(now) {
      longestLagSeconds = Math.max(longestLagSeconds, now.sum('nodejs_eventloop_lag_max_seconds'))
      assert.ok(longestLagSeconds >= 0.9 * (blockedMs / 1_000), `a lag of ${longestLagSeconds} s`)
    },
  },
  {
    name: 'server: suspended for 3 s',
    async inject() {
      stack.server.child.kill('SIGSTOP')
      await delay(blockedMs)
      stack.server.child.kill('SIGCONT')
    },
    repair: () => undefined,
    declared: late,
  },
  {
    name: 'callers go away in the middle of calls',
    inject: abandonCalls,
    repair: () => stack.api.setFault(undefined),
    shows(now, before) {
      const cancelled = (of: typeof now) => of.sum('mcp_tool_errors_total', { code: 'cancelled' })
      assert.ok(cancelled(now) - cancelled(before) >= abandoned / 2, `${cancelled(now)} were cancelled`)
    },
    async recovers() {
      const { sum } = await scrape(stack.server.url)
      // What the load has under way at any moment is little; what was abandoned would be there for good.
      assert.ok(sum('mcp_requests_in_flight') < abandoned / 2, 'abandoned calls are still worked on')
    },
  },
]

describe('under load, when something is wrong with the process or its callers', () => {
  for (const fault of faults) it(fault.name, () => runFault(stack, fault))
})
