import assert from 'node:assert/strict'
import { AsyncResource } from 'node:async_hooks'
import { closeSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { loadCatalog } from './catalog.ts'
import { cleanUpFile } from './cleanup.ts'

/**
 * Workaround: Node 20 quotes a failed expression from its source, which takes minutes in a transpiled file
 * (https://github.com/nodejs/node/issues/52677). Delete when Node 20 is no longer supported.
 */
assert.ok = (value: unknown, message: string | Error = 'expected a truthy value') => {
  if (value) return
  if (message instanceof Error) throw message
  const details = { actual: value, expected: true, operator: '==', stackStartFn: assert.ok }
  throw new assert.AssertionError({ message, ...details })
}

const exitGraceMs = 20_000
/** Without it, a process that a failed test left a server in would not end before the timeout of the run. */
after(() => {
  setTimeout(() => {
    console.error(`After all tests the process still has: ${process.getActiveResourcesInfo().join(', ')}`)
    process.exit(1)
  }, exitGraceMs).unref()
})

/** Claims a test file for this process. @returns false if another process has claimed it */
function claim(file: string, directory: string): boolean {
  try {
    closeSync(openSync(join(directory, file.replaceAll('/', '+')), 'wx'))
    return true
  } catch {
    return false
  }
}

/**
 * Runs test files in this process, one after the other, each as a suite named after its path. Processes with the
 * same directory share the files: each claims the next one after it has finished one. node:test finds the suite by
 * the async context, which module loading changes, so each file loads in the context of this function.
 */
export async function runInOneProcess(files: readonly string[], directory: string): Promise<void> {
  const outerContext = new AsyncResource('test files')
  await loadCatalog()
  for (const file of files) {
    if (!claim(file, directory)) continue
    await new Promise<void>((onFileEnd, reject) => {
      outerContext.runInAsyncScope(describe, undefined, file, async () => {
        after(() => cleanUpFile().finally(onFileEnd))
        await import(pathToFileURL(resolve(file)).href).catch(reject)
      })
    })
  }
}
