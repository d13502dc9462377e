import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Caller } from '../../auth/caller.ts'
import type { HttpRejection } from '../../http/reject.ts'
import type { Body } from '../message.ts'

/** A request whose body has not been read yet. */
export interface Entry {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly caller: Caller
  /** Key of the caller for limits and shares. */
  readonly owner: string
}

/** A request with its parsed body, before any handler. */
export interface Arrival extends Entry {
  readonly body: Body
  /** Registers a task for the end of the work: the response is handed to the connection, or the client has gone. */
  readonly onFinish: (task: () => void) => void
}

export interface AdmissionRejection extends HttpRejection {
  /** A `tools/call` of a 2025 revision fails with the message instead of an HTTP error. */
  readonly failsCall?: boolean
}

/** Admission control: returns a rejection, or undefined to admit the request. */
export type Admission = (
  arrival: Arrival,
) => AdmissionRejection | undefined | Promise<AdmissionRejection | undefined>
/** Admission control that needs no body, so that a rejected request costs no parsing. */
export type EarlyAdmission = (entry: Entry) => AdmissionRejection | undefined
