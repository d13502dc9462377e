import { parseArgs } from 'node:util'
import { loadDataConfig } from '../config/config.ts'
import { readEnvironment, run } from '../config/environment.ts'
import { service } from '../config/package.ts'
import { ingestFolder } from '../documents/ingest-job.ts'
import { MarkdownError } from '../documents/markdown-folder.ts'
import { createLogger } from '../telemetry/log/logger.ts'
import { showProgress } from './progress.ts'

const usage = `Usage: npm run db:ingest -- DIR [--as NAME]

Loads every Markdown file below DIR. Run it again to update changed files.

  --as NAME  prefix of the documents' ids, to keep folders with equal file names apart`

/** Loads a folder of Markdown files into the document store. */
await run(async () => {
  const { positionals, values } = parseArguments()
  const [folder] = positionals
  if (folder === undefined || positionals.length > 1) {
    console.error(usage)
    process.exit(2)
  }
  const config = loadDataConfig(readEnvironment(), process.stdout.isTTY)
  // The output is the progress bar, so the log is limited to warnings.
  const logger = createLogger({ ...config.log, level: 'warn', serviceName: service.name }).child({
    module: 'ingest',
  })
  try {
    const counts = await ingestFolder({
      config,
      logger,
      folder,
      idPrefix: values.as ?? '',
      onProgress: showProgress(process.stderr),
    })
    console.log(`${counts.inserted} added, ${counts.updated} updated, ${counts.unchanged} unchanged`)
  } catch (error) {
    if (!(error instanceof MarkdownError)) throw error
    console.error(`${error.message}\nNothing was loaded.`)
    process.exit(1)
  }
})

function parseArguments() {
  try {
    return parseArgs({ allowPositionals: true, options: { as: { type: 'string' } } })
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${usage}`)
    process.exit(2)
  }
}
