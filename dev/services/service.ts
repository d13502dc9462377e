/** A dependency of the server that runs for development or tests, on loopback only. */
export type Service = {
  /** What the server's configuration wants: a `postgres://`, `redis://` or `http://` URL. */
  url: string
  /** What really answers there, for people to read. */
  engine: string
  /** The process that serves it; this process itself for a server that runs inside it. */
  pid: number
  stop(): Promise<void>
}
