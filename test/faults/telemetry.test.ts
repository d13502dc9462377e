import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { before, describe, it } from 'node:test'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { type Fault, runFault } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'

type State = 'works' | 'refused' | 'frozen'

/** An OTLP endpoint that can be broken, and counts what it took. */
async function startEndpoint() {
  const port = await freePort()
  let state: State = 'works'
  let taken = 0
  const answer = (response: ServerResponse) => {
    taken++
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      if (state === 'works') answer(response)
    })
  })
  const listen = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen()
  afterFile(() => server.close().closeAllConnections())
  return {
    url: `http://127.0.0.1:${port}`,
    taken: () => taken,
    async set(next: State) {
      state = next
      if (state === 'refused') server.close().closeAllConnections()
      else if (!server.listening) await listen()
    },
  }
}

let stack: FaultStack
let endpoint: Awaited<ReturnType<typeof startEndpoint>>

before(async () => {
  endpoint = await startEndpoint()
  stack = await startFaultStack({
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_LOGS_EXPORTER: 'otlp',
      // Batches come, and are given up, by the second here, not by the half minute.
      OTEL_BSP_SCHEDULE_DELAY: '500',
      OTEL_BLRP_SCHEDULE_DELAY: '500',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_BSP_EXPORT_TIMEOUT: '1000',
      OTEL_BLRP_EXPORT_TIMEOUT: '1000',
    },
  })
})

function broken(name: string, state: State): Fault {
  let takenBefore = 0
  return {
    name: `OTLP endpoint ${name}`,
    inject: () => endpoint.set(state),
    async repair() {
      takenBefore = endpoint.taken()
      await endpoint.set('works')
    },
    shows(now, before) {
      for (const signal of ['traces', 'logs']) {
        const failures = (scrape: typeof now) => scrape.sum('mcp_telemetry_export_failures_total', { signal })
        assert.ok(failures(now) > failures(before), signal)
      }
    },
    recovers: () => assert.ok(endpoint.taken() > takenBefore, 'nothing is exported again'),
  }
}

const faults = [broken('refuses connections', 'refused'), broken('is frozen', 'frozen')]

describe('under load, when something is wrong with the telemetry backend', () => {
  for (const fault of faults) it(fault.name, () => runFault(stack, fault))
})
