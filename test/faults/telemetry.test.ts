import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import { before, describe, it } from 'node:test'
import { freePort } from '../../dev/launcher/loopback-port.ts'
import { afterFile } from '../support/cleanup.ts'
import { type Fault, runFault, testName } from './support/fault.ts'
import { type FaultStack, startFaultStack } from './support/fault-stack.ts'

type State = 'up' | 'down' | 'frozen'

/** A fake OTLP endpoint with faults that counts the batches it accepted. */
async function startEndpoint() {
  const port = await freePort()
  let state: State = 'up'
  let accepted = 0
  const answer = (response: ServerResponse) => {
    accepted++
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      if (state === 'up') answer(response)
    })
  })
  const listen = () => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen()
  afterFile(() => server.close().closeAllConnections())
  return {
    url: `http://127.0.0.1:${port}`,
    accepted: () => accepted,
    async set(next: State) {
      state = next
      if (state === 'down') server.close().closeAllConnections()
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
      // Exports happen and time out within seconds instead of half a minute.
      OTEL_BSP_SCHEDULE_DELAY: '500',
      OTEL_EXPORTER_OTLP_TIMEOUT: '1000',
      OTEL_BSP_EXPORT_TIMEOUT: '1000',
    },
  })
})

function endpointFault(name: string, state: State): Fault {
  let acceptedBefore = 0
  return {
    name: `OTLP endpoint ${name}`,
    inject: () => endpoint.set(state),
    async repair() {
      acceptedBefore = endpoint.accepted()
      await endpoint.set('up')
    },
    assertVisible(now, before) {
      for (const signal of ['traces', 'logs']) {
        const failures = (scrape: typeof now) => scrape.sum('mcp_telemetry_export_failures_total', { signal })
        assert.ok(failures(now) > failures(before), signal)
      }
    },
    assertRecovered: () =>
      assert.ok(endpoint.accepted() > acceptedBefore, 'no batch exported after the repair'),
  }
}

const faults = [endpointFault('refuses connections', 'down'), endpointFault('is frozen', 'frozen')]

describe('the server under load during a fault of the telemetry backend', () => {
  for (const fault of faults) it(testName(fault), () => runFault(stack, fault))
})
