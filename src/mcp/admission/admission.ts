import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../../auth/caller.ts'
import type { Refusal } from '../../http/reject.ts'
import type { Body } from '../message.ts'

/** A request whose body has been read and that nobody has acted on yet. */
export interface Arrival {
  readonly req: IncomingMessage
  /** Its `close` is the end of the request, however it ends. */
  readonly res: ServerResponse
  readonly body: Body
  readonly caller: Caller
}

/** Decides by the messages of a request whether it may enter; returns why not. */
export type Admission = (arrival: Arrival) => Refusal | undefined | Promise<Refusal | undefined>
