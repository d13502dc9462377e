import { AsyncLocalStorage } from 'node:async_hooks'
import { after } from 'node:test'

type Task = () => unknown

const fileTasks: Task[] = []
const processTasks: Task[] = []
const scope = new AsyncLocalStorage<Task[]>()

/**
 * Registers a cleanup task that runs after the test file, last registered first. Usable in hooks, where
 * `after` of node:test would run at the end of the hook.
 */
export function afterFile(task: Task): void {
  ;(scope.getStore() ?? fileTasks).push(task)
}

/** Runs `start`; cleanup tasks that it registers run after all test files of the process. */
export const runInProcessScope = <T>(start: () => T): T => scope.run(processTasks, start)

export const cleanUpFile = (): Promise<void> => runAll(fileTasks)

async function runAll(tasks: Task[]): Promise<void> {
  for (const task of tasks.splice(0).reverse()) await task()
}

after(async () => {
  await runAll(fileTasks)
  await runAll(processTasks)
})
