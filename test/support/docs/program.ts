/** Resolves npm scripts to programs, and programs to their options. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { scriptsIn } from './repository.ts'
import { commandsIn } from './shell.ts'

export interface Program {
  /** Source file; undefined for an external program. */
  readonly file: string | undefined
  /** Arguments that the npm script passes itself. */
  readonly presetArguments: readonly string[]
}

/** Source of a built file; other files unchanged. */
export const sourceOf = (file: string): string =>
  file.replace(/^(\.\/)?dist\/(.*)\.js$/, 'src/$2.ts').replace(/^\.\//, '')

const isFile = (word: string) => /\.[mc]?[jt]s$/.test(word)

/** Program behind `npm run NAME`: the last of several commands, and the wrapped program of a wrapper. */
export function programOf(name: string, folder = '.'): Program | undefined {
  const script = scriptsIn(folder)?.[name]
  if (script === undefined) return undefined
  const words = commandsIn(script).at(-1)?.words ?? []
  if (words[0] === 'npm') {
    const [, ...rest] = words.filter((word) => word !== 'run' && word !== '--silent')
    const inner = programOf(rest[0] ?? '', folder)
    const own = rest.slice(rest.includes('--') ? 2 : 1)
    return inner && { ...inner, presetArguments: [...inner.presetArguments, ...own] }
  }
  const at = words.findLastIndex(isFile)
  const runsSource = words[0] === 'node' || words[0] === 'tsx'
  return {
    file: runsSource && at > 0 ? join(folder, sourceOf(words[at] ?? '')) : undefined,
    presetArguments: words.slice(at + 1),
  }
}

const withoutComments = (text: string) =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
const read = (file: string) => withoutComments(readFileSync(file, 'utf8'))

/** Options of a program's `parseArgs`; without one, all `--name` in its source. */
export function optionsOf(file: string): ReadonlySet<string> {
  const imported = [...read(file).matchAll(/from '(\.[^']+)'/g)]
    .map(([, path = '']) => join(dirname(file), path))
    .filter(existsSync)
  const parsing = [file, ...imported].filter((each) => /\bparseArgs\(/.test(read(each)))
  const [nearest] = parsing
  return new Set(
    nearest === undefined
      ? [file, ...imported].flatMap((each) =>
          [...read(each).matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].map(([, name = '']) => name),
        )
      : keysOf(optionsLiteral(read(nearest), nearest)),
  )
}

/** Object literal of the `parseArgs` options, inline or in a constant. */
function optionsLiteral(source: string, file: string): string {
  const call = source.slice(source.indexOf('parseArgs({'))
  const [, name] = /^[^;]*?\boptions(?:: (\w+)\b|\b(?!:))/.exec(call) ?? []
  const inPlace = /\boptions: \{/.exec(call)
  const from =
    inPlace && (name === undefined || inPlace.index < call.indexOf(`options: ${name}`))
      ? call.slice(inPlace.index)
      : source.slice(source.indexOf(`const ${name ?? 'options'} = {`))
  if (!from.includes('{')) throw new Error(`${file}: found no options of parseArgs`)
  let depth = 0
  const start = from.indexOf('{')
  for (let at = start; at < from.length; at++) {
    if (from[at] === '{') depth++
    if (from[at] === '}' && --depth === 0) return from.slice(start + 1, at)
  }
  throw new Error(`${file}: the options of parseArgs have no closing brace`)
}

function keysOf(literal: string): string[] {
  let flat = literal
  while (/\{[^{}]*\}/.test(flat)) flat = flat.replaceAll(/\{[^{}]*\}/g, '-')
  return [...flat.matchAll(/(?:^|,)\s*'?([\w-]+)'?\s*(?=:|,|$)/g)].map(([, key = '']) => key)
}
