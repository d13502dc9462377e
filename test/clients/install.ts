import { readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { runCommand } from '../support/run-command.ts'
import type { RegistryClient } from './clients.ts'

export interface Installed {
  readonly version: string
  /** @returns output; throws if the exit code is not 0 */
  run(command: readonly string[]): Promise<string>
}

type Options = Parameters<typeof runCommand>[2]

async function runChecked(command: string, args: readonly string[], options: Options): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(command, args, options)
  if (exitCode === 0) return stdout
  throw new Error(`${command} exited with ${exitCode}: ${stderr.trim().split('\n').at(-1)?.slice(0, 200)}`)
}

/** Installs the newest version that the running Node or Python supports into the folder, which contains the programs. */
export const installers: Record<
  RegistryClient['registry'],
  (client: RegistryClient, options: Options) => Promise<Installed>
> = {
  async npm({ package: main, packages = [main], needsNode24 = false }, options) {
    const flags = ['--no-audit', '--no-fund', `--ignore-scripts=${!needsNode24}`]
    const all = needsNode24 ? [...packages, 'node@24'] : packages
    await runChecked('npm', ['install', '--prefix', options.cwd, ...flags, ...all], options)
    const modules = join(options.cwd, 'node_modules')
    const { version } = JSON.parse(await readFile(join(modules, main, 'package.json'), 'utf8'))
    const bin = needsNode24 ? join(modules, 'node', 'bin') : dirname(process.execPath)
    const env = { ...options.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
    return {
      version,
      run: ([program = '', ...args]) =>
        runChecked('node', [join(program.startsWith('.bin/') ? modules : '', program), ...args], {
          ...options,
          env,
        }),
    }
  },

  async PyPI({ package: main, packages = [main] }, options) {
    const target = join(options.cwd, 'packages')
    const env = { ...options.env, PYTHONPATH: target }
    const python = (...args: string[]) => runChecked('python3', args, { ...options, env })
    await python('-m', 'pip', 'install', '--quiet', '--target', target, ...packages)
    const code = `import importlib.metadata as m; print(m.version('${main}'))`
    return { version: (await python('-c', code)).trim(), run: (command) => python(...command) }
  },
}
