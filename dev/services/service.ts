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
