/**
 * Loaded by `node --import` before anything else, because instrumentations can only change modules that
 * are loaded after them. What is exported and how follows the standard `OTEL_*` variables; without an
 * endpoint nothing is loaded and nothing is sent.
 */
import { register } from 'node:module'
import { ConfigError } from '../config/config.ts'
import { readEnvironment } from '../config/environment.ts'
import { createExporting, type Exporting } from './trace/exporting.ts'

export const exporting: Exporting = await createExporting(readEnvironment(), async () => {
  const hooks = await import('import-in-the-middle/register-hooks.mjs')
  if (hooks.supportsSyncHooks()) hooks.register()
  else register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
}).catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
})

/** Without `--import` this module comes too late, and some instrumentations see nothing. */
export const loadedFirst = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((argument) =>
  argument.includes('register'),
)
