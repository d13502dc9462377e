import { createLifeline, type Lifeline } from '../../dev/launcher/lifeline.ts'
import { afterFile, runInProcessScope } from './cleanup.ts'

let shared: Lifeline | undefined

/** One for all services of the test process: each is a process of its own, with tsx. */
export function testLifeline(): Lifeline {
  shared ??= runInProcessScope(() => {
    const lifeline = createLifeline()
    afterFile(() => lifeline.close())
    return lifeline
  })
  return shared
}
