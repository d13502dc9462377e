import { constants } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { loadDataConfig } from '../config/config.ts'
import { exitAtOnce } from '../config/early-signals.ts'
import { readEnvironment, run } from '../config/environment.ts'
import { service } from '../config/package.ts'
import { ingestFolder } from '../documents/ingest-job.ts'
import { reportIngest } from '../documents/ingest-report.ts'
import { IngestError } from '../documents/problem.ts'
import { createLogger } from '../telemetry/log/logger.ts'
import { createProgress } from './progress.ts'

const usage = `Usage: npm run db:ingest -- DIR [--as NAME] [--skip-bad]

Loads every Markdown file below DIR. Run it again to update changed files.

  --as NAME   prefix of the documents' ids, to keep folders with equal file names apart
  --skip-bad  load the valid files although others are invalid; the default loads nothing then`

/** Loads a folder of Markdown files into the document store. */
await run(async () => {
  const { positionals, values } = parseArguments()
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1) {
    console.error(usage)
    process.exit(2)
  }
  const environment = readEnvironment()
  const config = loadDataConfig(environment, process.stdout.isTTY)
  // The output is the progress bar, so the log is limited to warnings.
  const logger = createLogger({ ...config.log, level: 'warn', serviceName: service.name }).child({
    module: 'ingest',
  })
  // npm runs scripts in the folder of package.json, not where the user is.
  const startFolder = environment.npm_lifecycle_event === 'db:ingest' ? environment.INIT_CWD : undefined
  const progress = createProgress(process.stderr)
  const interruption = new AbortController()
  // A second signal ends the process at once; Postgres rolls back then.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interruption.abort(signal)).off(signal, exitAtOnce)
  }
  try {
    const result = await ingestFolder({
      config,
      logger,
      folder: resolve(startFolder ?? '', folder),
      idPrefix: values.as ?? '',
      skipBad: values['skip-bad'] ?? false,
      signal: interruption.signal,
      onProgress: progress.report,
    })
    progress.end()
    const { findings, summary } = reportIngest(result)
    for (const line of findings) console.error(line)
    for (const line of summary) console.log(line)
  } catch (error) {
    progress.end()
    if (interruption.signal.aborted) {
      console.error('Interrupted. Nothing was loaded.')
      process.exit(128 + constants.signals[interruption.signal.reason as NodeJS.Signals])
    }
    if (!(error instanceof IngestError)) throw error
    console.error(error.message)
    process.exit(1)
  }
})

function parseArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: { as: { type: 'string' }, 'skip-bad': { type: 'boolean' } },
    })
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}
