import type { ChildProcess } from 'node:child_process'
import { createLifeline, type Lifeline } from '../../dev/launcher/lifeline.ts'
import { afterFile, runInProcessScope } from './cleanup.ts'

let shared: Lifeline | undefined

/** Shared by all services of the test process, because each lifeline starts a process with tsx. */
export function testLifeline(): Lifeline {
  shared ??= runInProcessScope(() => {
    const lifeline = createLifeline()
    afterFile(() => lifeline.close())
    return lifeline
  })
  return shared
}

/** Ends a child process with the test process, also when that is killed. */
export function endWithTests(child: ChildProcess): void {
  const { pid } = child
  if (pid === undefined) return
  testLifeline().guard(pid, 'SIGKILL')
  child.once('exit', () => testLifeline().release(pid))
}
