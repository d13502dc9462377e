import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'

/**
 * Fast path: hides an unsampled trace from instrumentations, which would otherwise collect attributes for a span that
 * is never recorded.
 */
export function tracedIfSampled<T>(work: () => T): T {
  const span = trace.getActiveSpan()
  return span === undefined || span.isRecording() ? work() : context.with(ROOT_CONTEXT, work)
}
