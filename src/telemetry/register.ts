/**
 * Loaded by `node --import` before anything else, because instrumentations only patch modules that are loaded later.
 * Configured by the standard `OTEL_*` variables; the SDK is loaded only if a signal is exported.
 */
import { register } from 'node:module'
import '../config/early-signals.ts'
import type { Exporting } from './trace/exporting.ts'

// Loaded after the signal handlers are installed.
const [{ ConfigError }, { readEnvironment }, { createExporting }] = await Promise.all([
  import('../config/config.ts'),
  import('../config/environment.ts'),
  import('./trace/exporting.ts'),
])

export const exporting: Exporting = await createExporting(readEnvironment(), async () => {
  const [{ createAddHookMessageChannel }, hooks] = await Promise.all([
    import('import-in-the-middle'),
    import('import-in-the-middle/register-hooks.mjs'),
  ])
  // Only modules that an instrumentation asks for are wrapped: wrapping all would take a fifth of the start.
  const { registerOptions, waitForAllMessagesAcknowledged } = createAddHookMessageChannel()
  if (hooks.supportsSyncHooks()) hooks.register(registerOptions.data)
  else register('import-in-the-middle/hook.mjs', import.meta.url, registerOptions)
  return waitForAllMessagesAcknowledged
}).catch((error: unknown) => {
  console.error(error instanceof ConfigError ? error.message : error)
  process.exit(1)
})

/** Whether this module was loaded by `--import`; otherwise, it loads too late for some instrumentations. */
export const loadedFirst = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].some((argument) =>
  argument.includes('register'),
)
