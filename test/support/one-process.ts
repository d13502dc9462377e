import { AsyncResource } from 'node:async_hooks'
import { closeSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { loadCatalog } from './catalog.ts'
import { endFile } from './cleanup.ts'

/** Takes a file for this process, unless another one has taken it. */
function claim(file: string, directory: string): boolean {
  try {
    closeSync(openSync(join(directory, file.replaceAll('/', '+')), 'wx'))
    return true
  } catch {
    return false
  }
}

/**
 * Runs test files in this process, one after the other, each as a suite with its path as the name. Processes with
 * the same directory share the files: each takes the next one when it has finished one. node:test finds the suite
 * by the async context, which loading modules mixes up, so each file is loaded from here.
 */
export async function runInOneProcess(files: readonly string[], directory: string): Promise<void> {
  const outside = new AsyncResource('test files')
  await loadCatalog()
  for (const file of files) {
    if (!claim(file, directory)) continue
    await new Promise<void>((resolveFile, reject) => {
      outside.runInAsyncScope(describe, undefined, file, async () => {
        after(() => endFile().finally(resolveFile))
        await import(pathToFileURL(resolve(file)).href).catch(reject)
      })
    })
  }
}
