import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { discoverCatalog } from '../../src/mcp/catalog.ts'
import type { Probe } from '../support/probed-server.ts'
import { type Scrape, scrape } from '../support/scrape.ts'
import { type StandaloneStack, startStandaloneStack } from '../support/standalone-stack.ts'
import { createSender, type Outcome } from './deliver.ts'
import { createFindings, type Finding, type Findings } from './findings.ts'
import { hostileCases, pageCase } from './generators/cases.ts'
import { argumentCanary } from './generators/messages.ts'
import { credentialCanary } from './generators/requests.ts'
import type { HostileCase } from './hostile-case.ts'
import { judge, type Tally } from './judge-answer.ts'
import { judgeSeries, leftovers, watchLog } from './judge-signals.ts'

export interface Campaign {
  readonly seed: number
  /** Cases to send; a pipelined one is several requests. */
  readonly count: number
  readonly onProgress?: (done: number) => void
}

export interface CampaignReport {
  readonly seconds: number
  readonly cases: number
  readonly requests: number
  readonly engines: string
  readonly logLines: number
  readonly tallies: Readonly<Record<string, Readonly<Record<string, number>>>>
  /** After a tenth of the run, and then four times more. */
  readonly memory: readonly Probe[]
  /** Series of our own at the same times. */
  readonly series: readonly number[]
  readonly findings: readonly Finding[]
}

/** Cases are made in batches, each from a seed of its own, so that one of them can be made again without all. */
const batchSize = 250
const senders = 8
const checkpoints = 5

const databaseCanary = 'canary-database-5e1f'
const telemetryCanary = 'canary-telemetry-77aa'
/** Growth of the heap between the first and the last look, in bytes: caches and pools may still fill, a leak is more. */
const maxHeapGrowth = 16 * 1024 * 1024
const maxResidentGrowth = 160 * 1024 * 1024

/** The case of a campaign with this index. */
export const caseAt = (seed: number, index: number): HostileCase | undefined =>
  batch(seed, Math.floor(index / batchSize))[index % batchSize]

function batch(seed: number, index: number): HostileCase[] {
  return fc
    .sample(hostileCases, { seed: seed + index, numRuns: batchSize })
    .map((numbered, offset) => numbered(`fuzz-${index * batchSize + offset}`))
}

export async function runCampaign({ seed, count, onProgress }: Campaign): Promise<CampaignReport> {
  const findings = createFindings()
  const canaries = [databaseCanary, telemetryCanary, credentialCanary]
  const log = watchLog([...canaries, argumentCanary], findings.add)
  const { tools } = await discoverCatalog(new URL('../../src/', import.meta.url))
  const stack = await startStandaloneStack({
    databasePassword: databaseCanary,
    env: {
      LOG_LEVEL: 'debug',
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer ${telemetryCanary}`,
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.05',
    },
    onLine: log.onLine,
  })
  try {
    const { tally, tallies } = createTallies()
    const startedAt = performance.now()
    const looks: { probe: Probe; series: number }[] = []
    let sent = 0
    let requests = 0
    const look = async () => {
      const scraped = await scrape(stack.server.url)
      for (const problem of judgeSeries(
        scraped,
        tools.map(({ name }) => name),
      ))
        findings.add(problem, '')
      looks.push({ probe: await stack.server.probe(), series: ownSeries(scraped) })
    }

    const todo = cases(seed, count)
    async function send(): Promise<void> {
      const sender = createSender(stack.server.port)
      const judged = async (hostile: HostileCase): Promise<Outcome> => {
        const outcome = await sender.deliver(hostile)
        requests += Math.max(hostile.requests.length, 1)
        for (const problem of judge(hostile, outcome, { canaries }, tally)) {
          findings.add(problem, `${hostile.what}\n${shown(hostile)}`)
        }
        return outcome
      }
      for (const hostile of todo) {
        const outcome = await judged(hostile)
        for (const id of documentsIn(outcome)) await judged(pageCase(id, `page-${sent}`))
        if (!stack.server.isRunning()) break
        sent++
        onProgress?.(sent)
        // A tenth of the way is the warm-up.
        if (
          sent === Math.ceil(count / 10) ||
          (sent % Math.ceil(count / (checkpoints - 1)) === 0 && sent < count)
        )
          await look()
      }
      sender.close()
    }
    await Promise.all(Array.from({ length: senders }, send))
    if (stack.server.isRunning()) {
      await everybodyLeft(stack)
      await look()
      for (const problem of leftovers(await scrape(stack.server.url))) findings.add(problem, '')
    } else {
      findings.add('the server ended', stack.server.stderr())
    }
    judgeMemory(
      looks.map(({ probe }) => probe),
      findings,
    )
    if (stack.server.stderr() !== '') findings.add('standard error is not empty', stack.server.stderr())
    for (const sentOut of stack.takeTelemetry()) {
      for (const canary of [...canaries, argumentCanary]) {
        const at = sentOut.indexOf(canary)
        if (at >= 0) findings.add('a secret in the telemetry', sentOut.toString('utf8', at - 300, at + 50))
      }
    }
    return {
      seconds: (performance.now() - startedAt) / 1000,
      cases: sent,
      requests,
      engines: stack.engines,
      logLines: log.count(),
      tallies,
      memory: looks.map(({ probe }) => probe),
      series: looks.map(({ series }) => series),
      findings: findings.all(),
    }
  } finally {
    await stack.stop()
  }
}

function* cases(seed: number, count: number): Generator<HostileCase> {
  for (let index = 0; index * batchSize < count; index++) {
    yield* batch(seed, index).slice(0, count - index * batchSize)
  }
}

/** Ids of documents that a call has just added. */
const documentsIn = ({ answers }: Outcome): string[] =>
  answers.flatMap(({ body }) => {
    const [, id] = /\/documents\/([\w.-]+)","created":true/.exec(body.toString()) ?? []
    return id === undefined ? [] : [id]
  })

const ownSeries = ({ samples }: Scrape): number =>
  samples.filter(({ name }) => name.startsWith('mcp_')).length

/** Closed connections and cancelled calls take the server a moment to notice. */
async function everybodyLeft(stack: StandaloneStack): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (leftovers(await scrape(stack.server.url)).length === 0) return
    await delay(100)
  }
}

function judgeMemory(probes: readonly Probe[], findings: Findings): void {
  const [first, last] = [probes[0], probes.at(-1)]
  if (first === undefined || last === undefined) return
  const heap = last.heapUsed + last.external - first.heapUsed - first.external
  if (heap > maxHeapGrowth) findings.add('the heap has grown', `by ${heap} bytes`)
  const resident = last.rss - first.rss
  if (resident > maxResidentGrowth) findings.add('the resident memory has grown', `by ${resident} bytes`)
}

function createTallies() {
  const tallies: Record<string, Record<string, number>> = {}
  const tally: Tally = (kind, value) => {
    tallies[kind] ??= {}
    tallies[kind][value] = (tallies[kind][value] ?? 0) + 1
  }
  return { tally, tallies }
}

const shown = ({ pieces }: HostileCase): string =>
  JSON.stringify(
    Buffer.concat(pieces)
      .toString('latin1', 0, 4_000)
      .replace(/(.{1,10}?)\1{20,}/gs, '$1…'),
  )
