import { stripVTControlCharacters, styleText } from 'node:util'
import type { CallToolResult } from '@modelcontextprotocol/client'
import type { Change } from './metrics.ts'

const resultLines = 24

export interface Printer {
  line(text?: string): void
  heading(name: string, note?: string): void
  /** Indented; nothing in it can steer the terminal. */
  block(lines: readonly string[]): void
  note(text: string): void
}

/** Writes to standard output; plain where that is no terminal or `NO_COLOR` is set. */
export function createPrinter(write: (text: string) => void, colours: boolean): Printer {
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    colours ? styleText(format, text) : text
  return {
    line: (text = '') => write(`${text}\n`),
    heading: (name, note = '') =>
      write(`\n${style('bold', name)}${note === '' ? '' : `  ${style('dim', note)}`}\n`),
    block: (lines) => write(lines.map((text) => `  ${printable(text)}\n`).join('')),
    note: (text) => write(`  ${style('dim', text)}\n`),
  }
}

/** The result as people read it; of a long one the beginning. */
export function resultText({ structuredContent, content }: CallToolResult, full: boolean): string[] {
  const text =
    structuredContent === undefined
      ? content.map((item) => (item.type === 'text' ? item.text : `[${item.type}]`)).join('\n')
      : JSON.stringify(structuredContent, null, 2)
  const lines = text.split('\n')
  if (full || lines.length <= resultLines) return lines
  return [...lines.slice(0, resultLines), `… ${lines.length - resultLines} more lines: --full shows them`]
}

/** Names and values in two columns. */
export function table(fields: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(fields)
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(
    ([name, value]) => `${name.padEnd(width)}  ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
}

export function changeTable(changes: readonly Change[]): string[] {
  const short = (value: number) => String(Math.round(value * 1e6) / 1e6)
  const width = (values: readonly number[]) => Math.max(...values.map((value) => short(value).length))
  const widths = [
    width(changes.map(({ before }) => before)),
    width(changes.map(({ after }) => after)),
  ] as const
  return changes.map(
    ({ series, before, after }) =>
      `${short(before).padStart(widths[0])} → ${short(after).padEnd(widths[1])}  ${series}`,
  )
}

/** What came from elsewhere, without control characters. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}
