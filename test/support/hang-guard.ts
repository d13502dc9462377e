import { runInNewContext } from 'node:vm'

const timeoutMs = 10_000

/** Runs synchronous work that takes milliseconds; stops it with an error if it hangs, as in quadratic time. */
export const withHangGuard = <T>(work: () => T): T =>
  runInNewContext('work()', { work }, { timeout: timeoutMs })
