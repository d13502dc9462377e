/** A dependency of the server, run for development or tests on loopback. */
export type Service = {
  /** The `postgres://`, `redis://` or `http://` URL for the server's configuration. */
  url: string
  /** Product and version, for display. */
  engine: string
  /** The serving process; this process for an in-process server. */
  pid: number
  stop(): Promise<void>
}

export interface DomainService {
  /** Name in the output of `npm start`. */
  readonly name: string
  /** Environment variable with its URL; the service starts only if this is unset. */
  readonly variable: string
  /** @returns the running service, or the description of one that needs no start */
  start(): Promise<Service | string>
}
