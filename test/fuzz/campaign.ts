import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { discoverCatalog } from '../../src/mcp/catalog.ts'
import type { Probe } from '../support/probed-server.ts'
import { type Scrape, scrape } from '../support/scrape.ts'
import { type StandaloneStack, startStandaloneStack } from '../support/standalone-stack.ts'
import { createFindings, type Finding, type Findings } from './findings.ts'
import { hostileCases, pageCase } from './generators/cases.ts'
import { argumentCanary } from './generators/messages.ts'
import { credentialCanary } from './generators/requests.ts'
import type { HostileCase } from './hostile-case.ts'
import { checkResponses, type Tally } from './response-rules.ts'
import { createSender, type Outcome } from './sender.ts'
import { checkSeries, findLeaks, watchLog } from './signal-rules.ts'

export interface Campaign {
  readonly seed: number
  /** Cases to send; a pipelined case has several requests. */
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
  /** Measured after the warm-up (a tenth of the run) and four more times. */
  readonly memory: readonly Probe[]
  /** Number of `mcp_` series at the same times. */
  readonly series: readonly number[]
  readonly findings: readonly Finding[]
}

/** Each batch has its own seed, so that one case can be reproduced without generating all. */
const batchSize = 250
const senders = 8
const measurements = 5

const databaseCanary = 'canary-database-5e1f'
const telemetryCanary = 'canary-telemetry-77aa'
/** Allowed heap growth after the warm-up, in bytes: caches and pools may still fill. */
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
    const measured: { probe: Probe; series: number }[] = []
    let sent = 0
    let requests = 0
    const measure = async () => {
      const scraped = await scrape(stack.server.url)
      for (const problem of checkSeries(
        scraped,
        tools.map(({ name }) => name),
      ))
        findings.add(problem, '')
      measured.push({ probe: await stack.server.probe(), series: countOwnSeries(scraped) })
    }

    const remaining = cases(seed, count)
    async function send(): Promise<void> {
      const sender = createSender(stack.server.port)
      const sendAndCheck = async (hostile: HostileCase): Promise<Outcome> => {
        const outcome = await sender.send(hostile)
        requests += Math.max(hostile.requests.length, 1)
        for (const problem of checkResponses(hostile, outcome, { canaries }, tally)) {
          findings.add(problem, `${hostile.description}\n${excerptOf(hostile)}`)
        }
        return outcome
      }
      for (const hostile of remaining) {
        const outcome = await sendAndCheck(hostile)
        for (const id of addedDocumentsIn(outcome)) await sendAndCheck(pageCase(id, `page-${sent}`))
        if (!stack.server.isRunning()) break
        sent++
        onProgress?.(sent)
        // The first tenth is the warm-up.
        if (
          sent === Math.ceil(count / 10) ||
          (sent % Math.ceil(count / (measurements - 1)) === 0 && sent < count)
        )
          await measure()
      }
      sender.close()
    }
    await Promise.all(Array.from({ length: senders }, send))
    if (stack.server.isRunning()) {
      await waitUntilIdle(stack)
      await measure()
      for (const problem of findLeaks(await scrape(stack.server.url))) findings.add(problem, '')
    } else {
      findings.add('the server exited', stack.server.stderr())
    }
    checkMemory(
      measured.map(({ probe }) => probe),
      findings,
    )
    if (stack.server.stderr() !== '') findings.add('standard error is not empty', stack.server.stderr())
    for (const exported of stack.takeTelemetry()) {
      for (const canary of [...canaries, argumentCanary]) {
        const at = exported.indexOf(canary)
        if (at >= 0) findings.add('secret in the telemetry', exported.toString('utf8', at - 300, at + 50))
      }
    }
    return {
      seconds: (performance.now() - startedAt) / 1000,
      cases: sent,
      requests,
      engines: stack.engines,
      logLines: log.count(),
      tallies,
      memory: measured.map(({ probe }) => probe),
      series: measured.map(({ series }) => series),
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

/** Ids of documents that a call added. */
const addedDocumentsIn = ({ responses }: Outcome): string[] =>
  responses.flatMap(({ body }) => {
    const [, id] = /\/documents\/([\w.-]+)","created":true/.exec(body.toString()) ?? []
    return id === undefined ? [] : [id]
  })

const countOwnSeries = ({ samples }: Scrape): number =>
  samples.filter(({ name }) => name.startsWith('mcp_')).length

/** The server detects closed connections and cancels their calls with a delay. */
async function waitUntilIdle(stack: StandaloneStack): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (findLeaks(await scrape(stack.server.url)).length === 0) return
    await delay(100)
  }
}

function checkMemory(probes: readonly Probe[], findings: Findings): void {
  const [first, last] = [probes[0], probes.at(-1)]
  if (first === undefined || last === undefined) return
  const heap = last.heapUsed + last.external - first.heapUsed - first.external
  if (heap > maxHeapGrowth) findings.add('the heap grew', `by ${heap} bytes`)
  const resident = last.rss - first.rss
  if (resident > maxResidentGrowth) findings.add('the resident memory grew', `by ${resident} bytes`)
}

function createTallies() {
  const tallies: Record<string, Record<string, number>> = {}
  const tally: Tally = (kind, value) => {
    tallies[kind] ??= {}
    tallies[kind][value] = (tallies[kind][value] ?? 0) + 1
  }
  return { tally, tallies }
}

const excerptOf = ({ chunks }: HostileCase): string =>
  JSON.stringify(
    Buffer.concat(chunks)
      .toString('latin1', 0, 4_000)
      .replace(/(.{1,10}?)\1{20,}/gs, '$1…'),
  )
