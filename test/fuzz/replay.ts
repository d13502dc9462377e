import { readdirSync, readFileSync } from 'node:fs'
import { type HostileCase, toBytes } from './hostile-case.ts'

/** A case that once was answered badly, as a file of `corpus/` has it. */
export interface FoundCase {
  /** Of the file. */
  readonly name: string
  /** What was wrong. */
  readonly found: string
  readonly answer: { readonly status?: number; readonly code?: number }
  readonly hostile: HostileCase
}

interface CorpusFile {
  readonly found: string
  readonly request: {
    readonly method: string
    readonly target: string
    readonly host?: string
    readonly headers?: Readonly<Record<string, string>>
    /** A message, or the parts of a text, each as it is or with how often it is repeated. */
    readonly body: object | readonly (string | readonly [text: string, times: number])[]
  }
  readonly answer: FoundCase['answer']
}

const folder = new URL('corpus/', import.meta.url)

export const foundCases: readonly FoundCase[] = readdirSync(folder)
  .sort()
  .map((file) => {
    const { found, request, answer } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as CorpusFile
    return { name: file.replace(/\.json$/, ''), found, answer, hostile: toCase(file, request) }
  })

function toCase(what: string, { method, target, host, headers, body }: CorpusFile['request']): HostileCase {
  const bytes = Buffer.from(Array.isArray(body) ? textOf(body) : JSON.stringify(body))
  const allHeaders = {
    Host: host ?? 'localhost',
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'Content-Length': String(bytes.length),
    ...headers,
  }
  return {
    what,
    pieces: [toBytes({ method, target, headers: Object.entries(allHeaders), body: bytes })],
    ending: 'wait',
    requests: [{ method }],
  }
}

function textOf(parts: readonly (string | readonly [string, number])[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : part[0].repeat(part[1]))).join('')
}
