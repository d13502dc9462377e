import { waitFor } from '../../dev/lib/wait-for.ts'

export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly exemplar: Readonly<Record<string, string>> | undefined
}

export interface Scrape {
  readonly text: string
  readonly contentType: string
  readonly samples: readonly Sample[]
  /** Sum over all series with this name and these labels. */
  sum(name: string, labels?: Record<string, string>): number
}

const sampleLine = /^([a-zA-Z_:][\w:]*)(?:\{(.*?)\})? (\S+)(?: # \{(.*?)\} \S+(?: \S+)?)?$/

/** Scrapes a server as Prometheus does. @throws Error on a line that violates the format */
export async function scrape(serverUrl: string, accept = 'text/plain'): Promise<Scrape> {
  const response = await fetch(`${serverUrl}/metrics`, { headers: { accept } })
  if (response.status !== 200) throw new Error(`/metrics returned ${response.status}`)
  const text = await response.text()
  const samples = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line): Sample => {
      const [, name, labels = '', value, exemplar] = sampleLine.exec(line) ?? []
      if (name === undefined) throw new Error(`invalid sample line: ${line}`)
      return {
        name,
        labels: parseLabels(labels),
        value: Number(value),
        exemplar: exemplar === undefined ? undefined : parseLabels(exemplar),
      }
    })
  return {
    text,
    contentType: response.headers.get('content-type') ?? '',
    samples,
    sum: (name, labels = {}) =>
      samples
        .filter(
          (sample) =>
            sample.name === name &&
            Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
        )
        .reduce((sum, { value }) => sum + value, 0),
  }
}

/** Waits until the server serves this many messages. @throws Error after 30 s */
export async function untilInFlight(serverUrl: string, count = 1): Promise<void> {
  const isReached = async () => (await scrape(serverUrl)).sum('mcp_messages_in_flight') === count
  if (!(await waitFor(isReached, { everyMs: 25, timeoutMs: 30_000 })))
    throw new Error(`the server did not have ${count} messages in flight within 30 s`)
}

function parseLabels(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, value]) => [key, value]),
  )
}
