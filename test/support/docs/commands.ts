/** Checks that the commands in documents can be run. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { benches } from '../../../bench/benches.ts'
import { composeProblems } from './compose-commands.ts'
import type { Doc, Fragment } from './doc.ts'
import { operandProblems } from './operands.ts'
import type { ExternalNames, Problem } from './problem.ts'
import { optionsOf, programOf, sourceOf } from './program.ts'
import { scriptsIn } from './repository.ts'
import { type Command, commandsIn } from './shell.ts'

/** External programs that shell blocks may use. */
const externalPrograms: ExternalNames = {
  'cd, cp, cat, mkdir, export, read, for, done, fi, wait, seq, head, tail, sort, uniq, grep, awk, sed, df, watch, echo, sleep':
    'Unix',
  'curl, jq, git, openssl, psql, redis-cli': 'widely installed',
  'docker, kubectl, kustomize, promtool, amtool': 'listed as prerequisites',
  'claude, code': 'clients',
}
const knownPrograms = new Set(Object.keys(externalPrograms).flatMap((names) => names.split(', ')))

const npmCommands = new Set(['ci', 'audit', 'install', 'pkg', 'ls'])
const isPlaceholder = (word: string) => /^[A-Z][A-Z_]*$|…|^\.\.\.$|^\$/.test(word)

/** Commands in shell blocks, and inline code that starts with npm, node or docker compose. */
export function commandsOf(doc: Doc): Command[] {
  const quoted = doc.quotes.filter(({ text }) =>
    /^(?:\w+=\S* )*(?:npm|npx|node|tsx|docker compose)(?= )/.test(text),
  )
  const shell: readonly Fragment[] = [
    ...doc.blocks.filter(({ language }) => /^(ba)?sh$|^console$/.test(language)),
    ...quoted,
  ]
  return shell.flatMap(({ line, text }) => commandsIn(text, line))
}

export function commandProblems(doc: Doc): Problem[] {
  let folder = '.'
  return commandsOf(doc).flatMap(({ line, words }) => {
    const [program = '', ...rest] = words
    if (program === 'cd')
      folder = existsSync(join(folder, rest[0] ?? '')) ? join(folder, rest[0] ?? '') : folder
    return checkProgram(program, rest, { folder, doc }).map((message) => ({
      line,
      message: `${message}: ${words.join(' ')}`,
    }))
  })
}

interface Context {
  readonly folder: string
  readonly doc: Doc
}

function checkProgram(program: string, args: readonly string[], context: Context): string[] {
  switch (program) {
    case '':
      return []
    case 'npm':
      return checkNpm(args, context)
    case 'npx':
    case 'tsx':
      return []
    case 'node':
      return checkNode(args, context)
    case 'docker':
      return args[0] === 'compose' ? composeProblems(args.slice(1)) : []
    default:
      // The files check covers paths.
      return knownPrograms.has(program) || program.includes('/') ? [] : [`there is no program "${program}"`]
  }
}

function checkNpm(args: readonly string[], { folder, doc }: Context): string[] {
  const prefix = args[0] === '--prefix' ? 0 : -1
  const packageFolder = prefix < 0 ? folder : join(folder, args[prefix + 1] ?? '')
  const words = args.filter(
    (word, at) =>
      (prefix < 0 || (at !== prefix && at !== prefix + 1)) && word !== '--silent' && word !== '-s',
  )
  const isRun = words[0] === 'run'
  const name = (isRun ? words[1] : words[0]) ?? ''
  if (isPlaceholder(name)) return []
  if (!isRun && !['test', 'start'].includes(name))
    return npmCommands.has(name) ? [] : [`npm has no command "${name}"`]
  if (scriptsIn(packageFolder)?.[name] === undefined) return [`there is no script "${name}" in package.json`]
  const rest = words.slice(isRun ? 2 : 1)
  if (rest.length === 0) return []
  if (rest[0] !== '--')
    return rest[0]?.startsWith('-') ? ['npm would consume this option: put "--" before it'] : []
  const { file, presetArguments } = programOf(name, packageFolder) ?? {}
  return file === undefined ? [] : checkArguments(file, [...(presetArguments ?? []), ...rest.slice(1)], doc)
}

function checkNode(args: readonly string[], { folder, doc }: Context): string[] {
  if (args.some((word) => ['-e', '-p', '--eval'].includes(word))) return []
  const script = args.findIndex((word, at) => !word.startsWith('-') && args[at - 1] !== '--import')
  const loaded = args.filter((word, at) => /^\.|\//.test(word) && args[at - 1] === '--import')
  const file = args[script]
  const missing = [...loaded, ...(file === undefined ? [] : [file])]
    .map((each) => join(folder, sourceOf(each)))
    .filter((each) => !existsSync(each))
  if (missing.length > 0 || file === undefined) return missing.map((each) => `there is no ${each}`)
  return checkArguments(join(folder, sourceOf(file)), args.slice(script + 1), doc)
}

function checkArguments(program: string, words: readonly string[], doc: Doc): string[] {
  const isBench = program === 'bench/run.ts'
  const [name = ''] = words
  const file = (isBench && benches[name.startsWith('-') ? 'calls' : name]?.file) || program
  if (isBench && file === program) return [`there is no benchmark "${name}"`]
  const args = isBench && !name.startsWith('-') ? words.slice(1) : words
  const isOption = (word: string) => /^--?[a-z]/.test(word)
  const options = args.some(isOption) ? optionsOf(file) : new Set<string>()
  const unknownOptions = args
    .filter(isOption)
    .map((word) => word.replace(/^--?|=.*$/g, ''))
    .filter((name) => !options.has(name))
    .map((name) => `${file} has no option --${name}`)
  const operands = args.filter((word) => !isOption(word))
  const [first] = operands
  return first === undefined || isPlaceholder(first)
    ? unknownOptions
    : [...unknownOptions, ...operandProblems(file, operands, doc)]
}
