/**
 * Holds the words of documents, comments and strings to the terms of the field: `npm run check` runs it after
 * the spell checker. Exits with 1 and lists every place that says otherwise.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { problemsOf } from './phrases.ts'

const checked = /(?:\.(?:md|ts|mjs|js|css|sql|sh|conf|ya?ml|svg)|\.env\.example|Dockerfile|\.ci\/\w+)$/
/** The changelog quotes replaced messages; the others contain the phrases to look for. */
const unchecked = new Set(['CHANGELOG.md', 'dev/prose/phrases.ts', 'test/unit/dev/prose.test.ts'])
const ignored = new Set(['node_modules', 'dist', '.git', '.local'])

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return ignored.has(entry.name) ? [] : filesIn(path)
    return entry.isFile() && checked.test(path) && !unchecked.has(path) ? [path] : []
  })

const problems = filesIn('.').flatMap((file) => problemsOf(file, readFileSync(file, 'utf8')))
if (problems.length > 0) {
  console.error(problems.join('\n'))
  console.error(`\n${problems.length} phrases. Reword them, or end the line with "prose-ok: <reason>".`)
  process.exitCode = 1
}
