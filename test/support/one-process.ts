import { AsyncResource } from 'node:async_hooks'
import { resolve } from 'node:path'
import { after, describe } from 'node:test'
import { pathToFileURL } from 'node:url'
import { loadCatalog } from './catalog.ts'
import { cleanUpFile } from './cleanup.ts'

/**
 * Runs test files in this process, one after the other, each as a suite with its path as the name. node:test
 * finds the suite by the async context, which loading modules mixes up: one file at a time, and each from here.
 */
export async function runInOneProcess(files: readonly string[]): Promise<void> {
  const outside = new AsyncResource('test files')
  await loadCatalog()
  for (const file of files) {
    let loading: Promise<unknown> | undefined
    outside.runInAsyncScope(describe, undefined, file, async () => {
      loading = import(pathToFileURL(resolve(file)).href)
      await loading
      after(cleanUpFile)
    })
    await loading
  }
}
