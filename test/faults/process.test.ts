import assert from 'node:assert/strict'
import { request } from 'node:http'
import { before, describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { modernRequest } from '../support/raw.ts'
import { scrape } from '../support/scrape.ts'
import { tools } from './support/calls.ts'
import { type Fault, runFault, testName } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'

const blockedMs = 3_000
/** Preloaded into the server: SIGUSR2 blocks its event loop. */
const blocker = `process.on('SIGUSR2',()=>Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,0,${blockedMs}))`

let stack: FaultStack
before(async () => {
  stack = await startFaultStack({
    env: { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(blocker)}` },
  })
})

/** Pending calls end late by the blocked time, and some time out. */
const lateOutcomes = Object.fromEntries(
  tools.map((tool) => [
    tool,
    ['ok', 'unavailable', 'timeout', 'upstream_error', 'without wikipedia', 'without documents'],
  ]),
)

const abandonedCalls = 40
/** Starts slow calls and disconnects their clients before the response. */
async function abandonCalls(): Promise<void> {
  stack.api.setFault({ kind: 'slow', delayMs: 1_000 })
  for (let n = 0; n < abandonedCalls; n++) {
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
    name: 'server: event loop blocked for 3 s',
    inject: () => stack.server.child.kill('SIGUSR2'),
    repair: () => undefined,
    durationMs: blockedMs + 1_000,
    expectedOutcomes: lateOutcomes,
    assertVisible(now) {
      longestLagSeconds = Math.max(longestLagSeconds, now.sum('nodejs_eventloop_lag_max_seconds'))
      assert.ok(longestLagSeconds >= 0.9 * (blockedMs / 1_000), `event loop lag of ${longestLagSeconds} s`)
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
    expectedOutcomes: lateOutcomes,
  },
  {
    name: 'clients disconnect during calls',
    inject: abandonCalls,
    repair: () => stack.api.setFault(undefined),
    assertVisible(now, before) {
      const cancelled = (of: typeof now) => of.sum('mcp_tool_errors_total', { code: 'cancelled' })
      assert.ok(cancelled(now) - cancelled(before) >= abandonedCalls / 2, `${cancelled(now)} calls cancelled`)
    },
    async assertRecovered() {
      const { sum } = await scrape(stack.server.url)
      // Calls of the load are few at any moment; leaked ones would stay in the gauge.
      assert.ok(sum('mcp_messages_in_flight') < abandonedCalls / 2, 'abandoned calls are still in flight')
    },
  },
]

describe('the server under load during a fault of its process or its clients', () => {
  for (const fault of faults) it(testName(fault), () => runFault(stack, fault))
})
