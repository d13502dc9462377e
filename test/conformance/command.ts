import { spawn } from 'node:child_process'
import { once } from 'node:events'

export interface CommandResult {
  /** Undefined if a signal ended the command. */
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface CommandOptions {
  readonly cwd: string
  readonly signal: AbortSignal
  /** Extends the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a command in its own process group, because npx starts further processes: an abort kills all of them.
 * @throws the signal's reason
 */
async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, signal, env }: CommandOptions,
): Promise<CommandResult> {
  signal.throwIfAborted()
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk
    })
  }
  const kill = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    } catch {
      // The group is already gone.
    }
  }
  signal.addEventListener('abort', kill, { once: true })
  try {
    const [exitCode] = (await once(child, 'close')) as [number | null]
    signal.throwIfAborted()
    return { exitCode: exitCode ?? undefined, ...output }
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

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
