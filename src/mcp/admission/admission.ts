import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../../auth/caller.ts'
import type { HttpRejection } from '../../http/reject.ts'
import type { Body } from '../message.ts'

/** A request with its parsed body, before any handler. */
export interface Arrival {
  readonly req: IncomingMessage
  /** Emits 'close' at the end of the request, for every outcome. */
  readonly res: ServerResponse
  readonly body: Body
  readonly caller: Caller
}

/** Admission control: returns a rejection, or undefined to admit the request. */
export type Admission = (arrival: Arrival) => HttpRejection | undefined | Promise<HttpRejection | undefined>
