import { createMetrics } from '../../src/telemetry/metrics/metrics.ts'
import type { ArrivedMessage } from '../../src/telemetry/observer.ts'

/** For parts whose measurements a test does not look at. */
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
