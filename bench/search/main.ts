/**
 * Measures search, cached calls and loading with generated corpora of several sizes.
 *
 *     npm run bench -- search --documents 1000,10000,100000
 */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { startPostgres } from '../../dev/services/embedded-postgres.ts'
import { seed } from './corpus.ts'
import { openDatabase } from './database.ts'
import { type CallFigures, measureCalls } from './measure-calls.ts'
import { measureFolder, measureLoad } from './measure-load.ts'
import { measureClass, type Plan, planOf } from './measure-search.ts'
import { createQueries } from './queries.ts'
import { type SizeFigures, toMarkdown } from './report.ts'
import { createVocabulary } from './vocabulary.ts'

const { values } = parseArgs({
  options: {
    documents: { type: 'string', default: '1000,10000,100000' },
    rounds: { type: 'string', default: '5' },
    /** Keeps the databases for the next run. */
    data: { type: 'string' },
    /** Additional output files. */
    json: { type: 'string' },
    markdown: { type: 'string' },
    /** Number of Markdown files to load. */
    files: { type: 'string', default: '50000' },
  },
})
/** Query classes with distinct plans. */
const explained = ['common word', 'phrase of common words', 'typo in a rare word']

const counts = values.documents.split(',').map(Number)
const postgres = await startPostgres(values.data === undefined ? {} : { dataDir: values.data })
const log = (line: string) => process.stderr.write(`${line}\n`)
try {
  const vocabulary = createVocabulary(seed)
  const sizes: SizeFigures[] = []
  let plans: Plan[] = []
  let calls: CallFigures | undefined
  for (const count of counts) {
    log(`${count} documents`)
    const bench = await openDatabase({ ...postgres, url: postgres.adminUrl }, `search_${count}`)
    const load = await measureLoad(bench, vocabulary, count)
    log(load === undefined ? 'already loaded' : `loaded, ${Math.round(load.documentsPerSecond)}/s`)
    const classes = createQueries(vocabulary, count)
    const searches = []
    const all = { name: 'all of them', queries: classes.flatMap(({ queries }) => queries) }
    for (const each of [...classes, all])
      searches.push(await measureClass(bench, each, Number(values.rounds)))
    plans = []
    for (const each of classes.filter(({ name }) => explained.includes(name)))
      plans.push(await planOf(bench, each))
    calls ??= await measureCalls(bench, vocabulary)
    sizes.push({ count, load, searches })
    await bench.close()
  }
  if (calls === undefined) throw new Error('--documents must name at least one size.')
  const files = Number(values.files)
  log(`a folder of ${files} files`)
  const empty = await openDatabase({ ...postgres, url: postgres.adminUrl }, `folder_${Date.now()}`)
  const folder = { count: files, load: await measureFolder(empty, vocabulary, files) }
  await empty.close()
  const report = { engine: postgres.engine, sizes, folder, plans, calls }
  const markdown = toMarkdown(report)
  process.stdout.write(markdown)
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(report, undefined, 2)}\n`)
  if (values.markdown !== undefined) writeFileSync(values.markdown, markdown)
} finally {
  await postgres.stop()
}
