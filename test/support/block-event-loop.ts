import { setImmediate } from 'node:timers/promises'

/**
 * Blocks the event loop in the check phase, after which due timers run before sockets are read.
 * @param beforehand runs in the same phase, after the last read of sockets
 */
export async function blockEventLoop(ms: number, beforehand = () => {}): Promise<void> {
  await setImmediate()
  beforehand()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}
