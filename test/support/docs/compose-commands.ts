/** Whether a `docker compose` command names what docker-compose.yml has. */
import { existsSync } from 'node:fs'
import { composeProfiles, composeServices } from './repository.ts'

/** Subcommands that documents use, and how many services may follow. */
const operands: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    [
      'up',
      'stop',
      'start',
      'restart',
      'kill',
      'logs',
      'ps',
      'build',
      'pull',
      'rm',
      'pause',
      'unpause',
      'top',
    ].map((name) => [name, Number.POSITIVE_INFINITY]),
  ),
  // What follows is a command for the container, or a port of it.
  exec: 1,
  run: 1,
  port: 1,
  config: 0,
  down: 0,
}
const withValue = new Set(
  [
    '-f',
    '--file',
    '-p',
    '--project-name',
    '--env-file',
    '-s',
    '--signal',
    '--since',
    '--until',
    '-n',
    '--tail',
  ].concat(
    [
      '-u',
      '--user',
      '-e',
      '--env',
      '-w',
      '--workdir',
      '--index',
      '-t',
      '--timeout',
      '--status',
      '--format',
      '--entrypoint',
    ],
    ['--profile', '--scale'],
  ),
)

export function composeProblems(words: readonly string[]): string[] {
  const problems: string[] = []
  const plain: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) plain.push(word)
    else if (withValue.has(word)) problems.push(...judgeOption(word, words[++at] ?? ''))
    // The rest is of the command within the container.
    if (operands[plain[0] ?? ''] === 1 && plain.length === 2) break
  }
  const [command = '', ...services] = plain
  const most = operands[command]
  if (most === undefined) return [...problems, `documents know no subcommand "${command}" of docker compose`]
  const unknown = services
    .slice(0, most)
    .filter((name) => !composeServices.includes(name) && !/^[A-Z_]+$|^\$/.test(name))
  return [...problems, ...unknown.map((name) => `docker-compose.yml has no service "${name}"`)]
}

function judgeOption(option: string, value: string): string[] {
  switch (option) {
    case '--profile':
      return value === '*' || composeProfiles.includes(value)
        ? []
        : [`docker-compose.yml has no profile "${value}"`]
    case '--scale': {
      const [name = ''] = value.split('=')
      return composeServices.includes(name) ? [] : [`docker-compose.yml has no service "${name}"`]
    }
    case '-f':
    case '--file':
      return existsSync(value) ? [] : [`there is no file ${value}`]
    default:
      return []
  }
}
