import { stripVTControlCharacters, styleText } from 'node:util'
import type { CallToolResult } from '@modelcontextprotocol/client'
import type { Change } from './metrics.ts'

const maxLines = 24

export interface Printer {
  line(text: string): void
  heading(name: string, note?: string): void
  /** Indents the lines, and removes control characters. */
  block(lines: readonly string[]): void
  note(text: string): void
}

export function createPrinter(write: (text: string) => void, colors: boolean): Printer {
  const style = (format: 'bold' | 'dim', text: string) => (colors ? styleText(format, text) : text)
  return {
    line: (text) => write(`${text}\n`),
    heading: (name, note = '') =>
      write(`\n${style('bold', name)}${note === '' ? '' : `  ${style('dim', note)}`}\n`),
    block: (lines) => write(lines.map((text) => `  ${printable(text)}\n`).join('')),
    note: (text) => write(`  ${style('dim', text)}\n`),
  }
}

/** The lines of a result, truncated unless `full`. */
export function resultLines({ structuredContent, content }: CallToolResult, full: boolean): string[] {
  const text =
    structuredContent === undefined
      ? content.map((item) => (item.type === 'text' ? item.text : `[${item.type}]`)).join('\n')
      : JSON.stringify(structuredContent, null, 2)
  const lines = text.split('\n')
  if (full || lines.length <= maxLines) return lines
  return [...lines.slice(0, maxLines), `… ${lines.length - maxLines} more lines: --full shows them`]
}

/** Names and values in two columns. */
export function fieldTable(fields: Readonly<Record<string, unknown>>): string[] {
  const entries = Object.entries(fields)
  const width = Math.max(...entries.map(([name]) => name.length))
  return entries.map(
    ([name, value]) => `${name.padEnd(width)}  ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
}

export function changeTable(changes: readonly Change[]): string[] {
  const round = (value: number) => String(Math.round(value * 1e6) / 1e6)
  const rows = changes.map(({ series, before, after }) => [round(before), round(after), series] as const)
  const widthOf = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length))
  const [left, right] = [widthOf(0), widthOf(1)]
  return rows.map(([before, after, series]) => `${before.padStart(left)} → ${after.padEnd(right)}  ${series}`)
}

/** Removes control characters, which could steer the terminal. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: removes control characters
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
}
