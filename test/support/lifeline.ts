import { createLifeline, type Lifeline } from '../../dev/launcher/lifeline.ts'
import { atEnd, keepForProcess } from './cleanup.ts'

let shared: Lifeline | undefined

/** One for all services of the test process: each is a process of its own, with tsx. */
export function testLifeline(): Lifeline {
  shared ??= keepForProcess(() => {
    const lifeline = createLifeline()
    atEnd(() => lifeline.close())
    return lifeline
  })
  return shared
}
