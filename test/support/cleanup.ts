import { after } from 'node:test'

const tasks: (() => unknown)[] = []

/**
 * Registers what is to be ended when the test file is done, last first. It may be called from hooks, where
 * `after` of node:test would run at the end of the hook.
 */
export function atEnd(task: () => unknown): void {
  tasks.push(task)
}

after(async () => {
  for (const task of tasks.reverse()) await task()
})
