import type { HttpRejection } from '../../http/reject.ts'
import type { Admission } from './admission.ts'

const shuttingDown: HttpRejection = {
  reason: 'shutting_down',
  httpStatus: 503,
  message: 'Shutting down; reconnect to reach another instance.',
  headers: { 'retry-after': '1' },
}

/** Rejects new streams during shutdown; calls are still admitted. */
export function createStreamDrain(): { readonly admit: Admission; begin(): void } {
  let draining = false
  return {
    admit: ({ body }) => (draining && body.isListen ? shuttingDown : undefined),
    begin() {
      draining = true
    },
  }
}
