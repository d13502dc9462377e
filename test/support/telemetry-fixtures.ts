import { createMetrics } from '../../src/telemetry/metrics/metrics.ts'
import type { ArrivedMessage } from '../../src/telemetry/observer.ts'

/** Metrics without a backend, for tests that do not read metrics. */
export const noopMetrics = createMetrics([])

export function arrivedMessage(changes: Partial<ArrivedMessage> = {}): ArrivedMessage {
  return {
    method: 'tools/call',
    era: 'modern',
    kind: 'call',
    protocolVersion: '2026-07-28',
    id: 7,
    clientName: 'test',
    requestId: 'edge-1',
    target: 'search',
    resourceUri: undefined,
    traceparent: undefined,
    tracestate: undefined,
    ...changes,
  }
}
