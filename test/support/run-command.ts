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
export async function runCommand(
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
