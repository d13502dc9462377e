import { type CommandOptions, type CommandResult, runCommand } from '../support/run-command.ts'

/** Runs a package with npx on Node 24, for packages that do not support the current Node. */
export function runWithNode24(
  packageName: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  const command = ['--loglevel=error', '-y', '-p', 'node@24', '-p', packageName, ...args]
  // The package "node" downloads its binary in an install script, which .npmrc disables.
  return runCommand('npx', command, {
    ...options,
    env: { ...options.env, npm_config_ignore_scripts: 'false' },
  })
}

/** Aborts after the timeout or on SIGINT and SIGTERM. */
export function abortAfter(timeoutMs: number): AbortSignal {
  const controller = new AbortController()
  const abort = (reason: string) => controller.abort(new Error(reason))
  setTimeout(() => abort(`not finished after ${timeoutMs / 1000} s`), timeoutMs).unref()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort(`ended by ${name}`))
  return controller.signal
}
