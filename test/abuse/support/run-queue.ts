import { existsSync, readFileSync } from 'node:fs'

/**
 * Time that the main thread of a process was ready to run and waited for a processor, in milliseconds. On a busy
 * machine it is most of a latency, and says nothing about the server.
 */
export function runQueueWaitMs(pid: number): number {
  const file = `/proc/${pid}/schedstat`
  if (!existsSync(file)) return 0
  const [, waitedNs = '0'] = readFileSync(file, 'utf8').split(' ')
  return Number(waitedNs) / 1e6
}
