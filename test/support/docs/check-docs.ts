/** The documents under test and the checks they must pass. */
import { existsSync } from 'node:fs'
import { alertProblems } from './alerts.ts'
import { commandProblems } from './commands.ts'
import type { Doc } from './doc.ts'
import { fileProblems, linkProblems } from './files.ts'
import { metricProblems } from './metrics.ts'
import type { Check } from './problem.ts'
import { queryProblems } from './queries.ts'
import { paths } from './repository.ts'
import { urlProblems } from './urls.ts'
import { variableProblems } from './variables.ts'

/** Without the changelog, which also names what was removed. */
export const documentFiles: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'src/tools/README.md'].filter((file) =>
    existsSync(file),
  ),
  ...paths.filter((path) => /^(docs|deploy|bench)\/.*\.md$/.test(path)),
]

export const checks = {
  commands: commandProblems,
  'local URLs': urlProblems,
  variables: variableProblems,
  metrics: metricProblems,
  'span attributes and log fields': queryProblems,
  alerts: alertProblems,
  links: linkProblems,
  files: fileProblems,
} satisfies Readonly<Record<string, Check>>

/** Problems of a document, one line each: `docs/guides/try.md:12: there is no …`. */
export const problemsOf = (doc: Doc, check: Check): string[] => [
  ...new Set(check(doc).map(({ line, message }) => `${doc.file}:${line}: ${message}`)),
]
