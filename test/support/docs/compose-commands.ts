/** Checks that `docker compose` commands name services, profiles and files that exist. */
import { existsSync } from 'node:fs'
import { composeProfiles, composeServices } from './repository.ts'

/** Number of service names that each subcommand accepts. */
const maxServices: Readonly<Record<string, number>> = {
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
  // A container command or port follows the service.
  exec: 1,
  run: 1,
  port: 1,
  config: 0,
  down: 0,
}
const optionsWithValue = new Set(
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
  const positional: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) positional.push(word)
    else if (optionsWithValue.has(word)) problems.push(...checkOption(word, words[++at] ?? ''))
    // The remaining words belong to the container command.
    if (maxServices[positional[0] ?? ''] === 1 && positional.length === 2) break
  }
  const [command = '', ...services] = positional
  const limit = maxServices[command]
  if (limit === undefined) return [...problems, `no subcommand "${command}" of docker compose is known`]
  const unknown = services
    .slice(0, limit)
    .filter((name) => !composeServices.includes(name) && !/^[A-Z_]+$|^\$/.test(name))
  return [...problems, ...unknown.map((name) => `docker-compose.yml has no service "${name}"`)]
}

function checkOption(option: string, value: string): string[] {
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
