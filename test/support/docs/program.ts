/** Which program a command runs, and which options that program takes. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { scriptsIn } from './repository.ts'
import { commandsIn } from './shell.ts'

export interface Program {
  /** Source file; undefined where it is somebody else's program. */
  readonly file: string | undefined
  /** Arguments that the script passes already. */
  readonly given: readonly string[]
}

/** The built file's source, or the file itself. */
export const sourceOf = (file: string): string =>
  file.replace(/^(\.\/)?dist\/(.*)\.js$/, 'src/$2.ts').replace(/^\.\//, '')

const isFile = (word: string) => /\.[mc]?[jt]s$/.test(word)

/** What `npm run NAME` runs in the end: of several commands the last, of wrappers the program that is wrapped. */
export function programOf(name: string, folder = '.'): Program | undefined {
  const script = scriptsIn(folder)?.[name]
  if (script === undefined) return undefined
  const words = commandsIn(script).at(-1)?.words ?? []
  if (words[0] === 'npm') {
    const [, ...rest] = words.filter((word) => word !== 'run' && word !== '--silent')
    const inner = programOf(rest[0] ?? '', folder)
    return inner && { ...inner, given: [...inner.given, ...rest.slice(rest.includes('--') ? 2 : 1)] }
  }
  const at = words.findLastIndex(isFile)
  const isOurs = words[0] === 'node' || words[0] === 'tsx'
  return {
    file: isOurs && at > 0 ? join(folder, sourceOf(words[at] ?? '')) : undefined,
    given: words.slice(at + 1),
  }
}

const withoutComments = (text: string) =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
const read = (file: string) => withoutComments(readFileSync(file, 'utf8'))

/** The options that a program's `parseArgs` takes, or without that those it names itself. */
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

/** The object literal that `parseArgs` gets as its options, in place or by name. */
function optionsLiteral(source: string, file: string): string {
  const call = source.slice(source.indexOf('parseArgs({'))
  const [, name] = /^[^;]*?\boptions(?:: (\w+)\b|\b(?!:))/.exec(call) ?? []
  const inPlace = /\boptions: \{/.exec(call)
  const from =
    inPlace && (name === undefined || inPlace.index < call.indexOf(`options: ${name}`))
      ? call.slice(inPlace.index)
      : source.slice(source.indexOf(`const ${name ?? 'options'} = {`))
  if (!from.includes('{')) throw new Error(`${file}: the options of parseArgs are not found`)
  let depth = 0
  const start = from.indexOf('{')
  for (let at = start; at < from.length; at++) {
    if (from[at] === '{') depth++
    if (from[at] === '}' && --depth === 0) return from.slice(start + 1, at)
  }
  throw new Error(`${file}: the options of parseArgs do not end`)
}

function keysOf(literal: string): string[] {
  let flat = literal
  while (/\{[^{}]*\}/.test(flat)) flat = flat.replaceAll(/\{[^{}]*\}/g, '-')
  return [...flat.matchAll(/(?:^|,)\s*'?([\w-]+)'?\s*(?=:|,|$)/g)].map(([, key = '']) => key)
}
