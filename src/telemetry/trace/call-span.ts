import { type Attributes, trace } from '@opentelemetry/api'
import { boundFields } from '../log/call-log.ts'
import { redactFields } from '../log/redact.ts'

type Value = string | number | boolean

/** The span of a call: values are bounded and redacted as in its log lines. Does nothing if the call is not sampled. */
export interface CallSpan {
  setAttribute(name: string, value: Value): void
  addEvent(name: string, attributes?: Readonly<Record<string, Value>>): void
}

/** One for all calls, because a call runs with its span active. */
export const callSpan: CallSpan = {
  setAttribute: (name, value) => void recording()?.setAttributes(bounded({ [name]: value })),
  addEvent: (name, attributes = {}) => void recording()?.addEvent(name, bounded(attributes)),
}

function recording() {
  const span = trace.getActiveSpan()
  return span?.isRecording() ? span : undefined
}

const bounded = (attributes: Record<string, Value>) => boundFields(redactFields(attributes)) as Attributes
