/** Checks operands of programs that accept only certain names. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { kinds } from '../../../dev/new/kinds.ts'
import { createsFile, type Doc } from './doc.ts'

/** @param operands arguments without options; only the first is checked, except for the test runner */
export function operandProblems(file: string, operands: readonly string[], doc: Doc): string[] {
  const [first = ''] = operands
  const oneOf = (names: readonly string[], kind: string) =>
    names.includes(first) ? [] : [`there is no ${kind} "${first}"`]
  switch (file) {
    case 'dev/drill/main.ts':
      return oneOf([...drills(), 'restore'], 'drill')
    case 'dev/new/main.ts':
      return oneOf(Object.keys(kinds), 'kind')
    case 'dev/try/main.ts':
      return oneOf([...tools(), ...shownTools(doc)], 'tool')
    case 'test/rules/main.ts':
      return oneOf(['mutants'], 'suite')
    case 'test/run.ts':
      return operands
        .filter((word) => !isSuite(word) && !createsFile(doc, word))
        .map((word) => `there is no suite or test file "${word}"`)
    default:
      return []
  }
}

const isSuite = (word: string) => existsSync(word.endsWith('.test.ts') ? word : join('test', word))

const drills = (): string[] =>
  readdirSync('dev/drill/drills').flatMap((file) =>
    [...readFileSync(join('dev/drill/drills', file), 'utf8').matchAll(/^ {4}name: '([\w-]+)'/gm)].map(
      ([, name = '']) => name,
    ),
  )

const toolName = /\bname: '(\w+)'/
const tools = (): string[] =>
  readdirSync('src/tools')
    .filter((file) => file.endsWith('.tool.ts'))
    .map((file) => toolName.exec(readFileSync(join('src/tools', file), 'utf8'))?.[1] ?? '')

/** Tools that the document shows the reader how to create. */
const shownTools = ({ text }: Doc): string[] =>
  [...text.matchAll(/npm run new -- tool (\w+)|^ {2}name: '(\w+)'/gm)].map(
    ([, made, shown]) => made ?? shown ?? '',
  )
