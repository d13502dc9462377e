import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'

/**
 * Runs work that an instrumentation makes spans of. Where the trace is not sampled it hides the trace from it: the
 * instrumentations then do nothing, where otherwise they collect all that would be written into a span.
 */
export function tracedIfSampled<T>(work: () => T): T {
  const span = trace.getActiveSpan()
  return span === undefined || span.isRecording() ? work() : context.with(ROOT_CONTEXT, work)
}
