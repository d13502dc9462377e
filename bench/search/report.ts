import { cpus, loadavg } from 'node:os'
import { batchLimit } from '../../src/documents/ingest.ts'
import type { CallFigures } from './measure-calls.ts'
import type { LoadFigures } from './measure-load.ts'
import type { Plan, SearchFigures } from './measure-search.ts'

export interface SizeFigures {
  readonly count: number
  /** Undefined where the corpus was there from an earlier run. */
  readonly load: LoadFigures | undefined
  readonly searches: readonly SearchFigures[]
}

export interface Report {
  readonly engine: string
  readonly sizes: readonly SizeFigures[]
  /** Markdown files that were loaded from a folder. */
  readonly folder: { readonly count: number; readonly load: LoadFigures }
  /** Of the largest corpus. */
  readonly plans: readonly Plan[]
  readonly calls: CallFigures
}

const round = (value: number) => (value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en'))

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, n) => (n === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n')
}

/** How the p95 over all queries grows from each size to the next ones. */
function growth(sizes: readonly SizeFigures[]): string {
  const p95s = sizes.map(({ count, searches }) => ({
    count: count.toLocaleString('en'),
    p95: searches.at(-1)?.p95 ?? 0,
  }))
  const pairs = p95s.flatMap((small, place) => p95s.slice(place + 1).map((large) => ({ small, large })))
  const ratios = pairs.map(
    ({ small, large }) =>
      `${large.count} documents ${(large.p95 / small.p95).toFixed(2)} × that of ${small.count}`,
  )
  return `The p95 of all of them in multiples: ${ratios.join('; ')}.`
}

/** The section for people, as Markdown. */
export function toMarkdown({ engine, sizes, folder, plans, calls }: Report): string {
  const names = sizes[0]?.searches.map(({ name }) => name) ?? []
  const counts = sizes.map(({ count }) => count.toLocaleString('en'))
  const searchTable = (cell: (figures: SearchFigures) => string) =>
    table(
      ['query', ...counts],
      names.map((name) => [
        name,
        ...sizes.map(({ searches }) => {
          const figures = searches.find((each) => each.name === name)
          return figures === undefined ? '' : cell(figures)
        }),
      ]),
    )
  const loads: [string, LoadFigures][] = [
    ...sizes.flatMap(({ count, load }): [string, LoadFigures][] =>
      load === undefined ? [] : [[count.toLocaleString('en'), load]],
    ),
    [`${folder.count.toLocaleString('en')} Markdown files of a folder`, folder.load],
  ]
  return `---
tags: [performance, search, benchmark]
---
# Performance of search

Made by \`npm run bench -- search --documents ${sizes.map(({ count }) => count).join(',')} --markdown docs/search-performance.md\`.

- Machine: ${cpus().length} × ${cpus()[0]?.model.trim()}; load average ${loadavg()
    .map((load) => load.toFixed(1))
    .join(
      ', ',
    )} at the end. Above ${cpus().length} others were at work, and times by the clock are too long: compare processor times then.
- Node ${process.version}, ${engine} as \`npm run dev\` starts it, one search at a time.
- Corpus: generated from a seed, 60 to 120 words a document from a vocabulary of 200,000 by Zipf's law, no stop words; the most
  frequent word is in every second document. 20 queries of each kind.
- The bounds were chosen with this corpus and these kinds of query; other texts may differ.

## Searches

Milliseconds by the clock, p50 / p95:

${searchTable(({ p50, p95 }) => `${round(p50)} / ${round(p95)}`)}

${growth(sizes)}

Milliseconds of processor time in Postgres, mean:

${searchTable(({ cpu }) => round(cpu))}

## Cached calls and stampedes

In the pipeline alone, without HTTP and protocol: a cached search ${round(calls.cachedCpu)} µs of processor time, a call of a tool that does nothing
${round(calls.echoCpu)} µs. The difference of ${round(calls.cachedCpu - calls.echoCpu)} µs is what a whole cached call costs more than a whole \`echo\`;
[performance](performance.md) has both by HTTP.

100 equal calls at the same time, with nothing in the cache, sent ${calls.stampedeStatements} statement${calls.stampedeStatements === 1 ? '' : 's'} to Postgres.

## Loading

${table(
  [
    'documents',
    'documents/s by the clock',
    'µs of Postgres a document',
    'µs of Node a document',
    'MB resident: early, peak, last',
  ],
  loads.map(([what, { documentsPerSecond, postgresCpu, nodeCpu, rss }]) => [
    what,
    round(documentsPerSecond),
    round(postgresCpu),
    round(nodeCpu),
    [rss.early, rss.peak, rss.last].map(round).join(', '),
  ]),
)}

Each is one load in one transaction, in batches of ${batchLimit.documents.toLocaleString('en')}. The documents were made before; the files of the folder are found, read and taken
apart besides. The smallest load is mostly the start of its connections.

## Plans

Of the largest corpus above. A plan does not depend on the words or the size, only which of its parts are executed.

${plans.map(({ name, query, lines }) => `### ${name[0]?.toUpperCase()}${name.slice(1)}: \`${query}\`\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\``).join('\n\n')}
`
}
