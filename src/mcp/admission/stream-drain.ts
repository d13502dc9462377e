import type { Refusal } from '../../http/reject.ts'
import type { Admission } from './admission.ts'

const shuttingDown: Refusal = {
  reason: 'shutting_down',
  httpStatus: 503,
  message: 'Shutting down; reconnect to reach another instance.',
  headers: { 'retry-after': '1' },
}

/** Takes no new streams once shutdown has ended the open ones; calls still enter. */
export function createStreamDrain(): { readonly admit: Admission; begin(): void } {
  let draining = false
  return {
    admit: ({ body }) => (draining && body.isListen ? shuttingDown : undefined),
    begin() {
      draining = true
    },
  }
}
