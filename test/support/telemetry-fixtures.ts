import type { ArrivedMessage } from '../../src/telemetry/observer.ts'

export { noopMetrics } from '../../src/telemetry/metrics/metrics.ts'

export function arrivedMessage(changes: Partial<ArrivedMessage> = {}): ArrivedMessage {
  return {
    method: 'tools/call',
    era: 'modern',
    kind: 'call',
    protocolVersion: '2026-07-28',
    id: 7,
    caller: 'caller-1',
    client: { address: '192.0.2.1', port: 50_000 },
    httpVersion: '1.1',
    sessionId: undefined,
    clientName: 'test',
    clientVersion: '1.0.0',
    requestId: 'edge-1',
    target: 'search',
    resourceUri: undefined,
    arguments: undefined,
    traceparent: undefined,
    tracestate: undefined,
    ...changes,
  }
}
