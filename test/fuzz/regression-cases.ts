import { readdirSync, readFileSync } from 'node:fs'
import { type HostileCase, toBytes } from './hostile-case.ts'

/** A regression case: a fixed finding from a file of `corpus/`. */
export interface RegressionCase {
  /** File name without extension. */
  readonly name: string
  /** The defect that was found. */
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
    /** A message, or parts of a text, each with an optional number of repetitions. */
    readonly body: object | readonly (string | readonly [text: string, times: number])[]
  }
  readonly answer: RegressionCase['answer']
}

const folder = new URL('corpus/', import.meta.url)

export const regressionCases: readonly RegressionCase[] = readdirSync(folder)
  .sort()
  .map((file) => {
    const { found, request, answer } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as CorpusFile
    return { name: file.replace(/\.json$/, ''), found, answer, hostile: toCase(file, request) }
  })

function toCase(
  description: string,
  { method, target, host, headers, body }: CorpusFile['request'],
): HostileCase {
  const bytes = Buffer.from(Array.isArray(body) ? textOf(body) : JSON.stringify(body))
  const allHeaders = {
    Host: host ?? 'localhost',
    'Content-Type': 'application/json',
    Accept: 'application/json, text/event-stream',
    'Content-Length': String(bytes.length),
    ...headers,
  }
  return {
    description,
    chunks: [toBytes({ method, target, headers: Object.entries(allHeaders), body: bytes })],
    ending: 'wait',
    requests: [{ method }],
  }
}

function textOf(parts: readonly (string | readonly [string, number])[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : part[0].repeat(part[1]))).join('')
}
