import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** Test files are processes of their own, so what they found is gathered in a file. */
export const tableFileVariable = 'FAULTS_TABLE_FILE'

export interface Row {
  readonly fault: string
  readonly seen: string
  /** `–` where there is nothing to recover from. */
  readonly recoverySeconds: number | '–'
  readonly lostWrites: string
}

export function addRow(row: Row): void {
  const file = process.env[tableFileVariable]
  if (file === undefined) console.log(row)
  else appendFileSync(file, `${JSON.stringify(row)}\n`)
}

/** All rows as Markdown, by the order of their faults' names, which begin with what is broken. */
export function renderTable(file: string): string {
  if (!existsSync(file)) return ''
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row)
    .sort((a, b) => a.fault.localeCompare(b.fault))
  return [
    '| fault | what callers saw | recovery, s | lost writes |',
    '|---|---|---|---|',
    ...rows.map(
      ({ fault, seen, recoverySeconds, lostWrites }) =>
        `| ${fault} | ${seen} | ${recoverySeconds === '–' ? '–' : recoverySeconds.toFixed(1)} | ${lostWrites} |`,
    ),
  ].join('\n')
}
