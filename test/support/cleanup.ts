import { AsyncLocalStorage } from 'node:async_hooks'
import { after } from 'node:test'

type Task = () => unknown

const ofFile: Task[] = []
const ofProcess: Task[] = []
const scope = new AsyncLocalStorage<Task[]>()

/**
 * Registers what is to be ended when the test file is done, last first. It may be called from hooks, where
 * `after` of node:test would run at the end of the hook.
 */
export function afterFile(task: Task): void {
  ;(scope.getStore() ?? ofFile).push(task)
}

/** Runs `start`; what it registers ends with the process, after all of its test files. */
export const runInProcessScope = <T>(start: () => T): T => scope.run(ofProcess, start)

export const cleanUpFile = (): Promise<void> => runAll(ofFile)

async function runAll(tasks: Task[]): Promise<void> {
  for (const task of tasks.splice(0).reverse()) await task()
}

after(async () => {
  await runAll(ofFile)
  await runAll(ofProcess)
})
