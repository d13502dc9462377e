import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createCourtesy } from '../../../dev/demo/courtesy.ts'
import { readOptions, UsageError } from '../../../dev/demo/options.ts'
import { createPatience } from '../../../dev/demo/patience.ts'
import { type Action, plan, type Step } from '../../../dev/demo/plan.ts'
import { createRandom } from '../../../dev/demo/random.ts'
import { createTally } from '../../../dev/demo/tally.ts'
import { visitorAt } from '../../../dev/demo/visitors.ts'
import { createLabels } from '../../../src/telemetry/metrics/labels.ts'

/** The first steps of a user. */
function steps(seed: number, user: number, count: number): Step[] {
  const found: Step[] = []
  for (const visit of plan(createRandom(seed, user), 1_000)) {
    found.push(...visit.steps)
    if (found.length >= count) return found.slice(0, count)
  }
  return found
}

const toolOf = (action: Action) => (action.kind === 'call' ? action.tool : action.kind)

describe('the plan of the demo traffic', () => {
  it('is the same for the same seed and user', () => {
    assert.deepEqual(steps(42, 3, 1_000), steps(42, 3, 1_000))
  })

  it('differs between seeds and between users of a seed', () => {
    assert.notDeepEqual(steps(42, 3, 20), steps(43, 3, 20))
    assert.notDeepEqual(steps(42, 3, 20), steps(42, 4, 20))
  })

  it('has a few per cent of mistakes, seldom asks the external API, and adds hardly anything', () => {
    const actions = steps(1, 0, 20_000).flatMap((step) => step.actions)
    const share = (fits: (action: Action) => boolean) => actions.filter(fits).length / actions.length
    const known = new Set(['search', 'fetch', 'search_all', 'search_wikipedia', 'add_document'])
    const isMistake = (action: Action) =>
      action.kind === 'call' &&
      (!known.has(action.tool) ||
        // What was found is fetched by another kind of action.
        action.tool === 'fetch' ||
        action.args.title === '' ||
        (action.tool === 'search' && !String(action.args.query ?? '').trim()))
    assert.ok(share(isMistake) > 0.01 && share(isMistake) < 0.05, String(share(isMistake)))
    const reachingOut = share((action) => ['search_wikipedia', 'search_all'].includes(toolOf(action)))
    assert.ok(reachingOut > 0.05 && reachingOut < 0.15, String(reachingOut))
    assert.ok(share((action) => toolOf(action) === 'add_document') < 0.02)
    for (const name of known) assert.ok(share((action) => toolOf(action) === name) > 0, name)
  })

  it('adds documents of a small set only, so that the corpus does not grow', () => {
    const added = steps(1, 0, 20_000)
      .flatMap((step) => step.actions)
      .filter((action) => toolOf(action) === 'add_document')
    assert.ok(new Set(added.map((action) => JSON.stringify(action))).size <= 8)
  })

  it('gives every step a trace of its own in the W3C format', () => {
    const traces = steps(1, 0, 500).map(({ traceparent }) => traceparent)
    for (const trace of traces) assert.match(trace, /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/)
    assert.equal(new Set(traces).size, 500)
  })

  it('keeps the pace that was asked for', () => {
    const thinkMs = steps(1, 0, 5_000).map((step) => step.thinkMs)
    const meanMs = thinkMs.reduce((sum, ms) => sum + ms) / thinkMs.length
    assert.ok(meanMs > 900 && meanMs < 1_100, String(meanMs))
    assert.ok(Math.max(...thinkMs) <= 4_000)
  })
})

describe('the visitors', () => {
  it('speak both eras under distinct names, some known to the server and some not', () => {
    const visitors = Array.from({ length: 8 }, (_, index) => visitorAt(index))
    assert.equal(new Set(visitors.map(({ name }) => name)).size, 8)
    assert.deepEqual(new Set(visitors.map(({ era }) => era)), new Set(['modern', 'legacy']))
    const labels = visitors.map(({ name }) => createLabels({ tools: [] }).client(name))
    assert.ok(labels.includes('claude-code') && labels.includes('cursor') && labels.includes('other'))
  })
})

describe('courtesy to the external API', () => {
  it('lets one call through in its time, and turns the others into searches of our own', () => {
    let now = 0
    const courtesy = createCourtesy(5_000, () => now)
    assert.equal(courtesy('search_wikipedia'), 'search_wikipedia')
    now = 4_999
    assert.equal(courtesy('search_all'), 'search')
    assert.equal(courtesy('fetch'), 'fetch')
    now = 5_000
    assert.equal(courtesy('search_all'), 'search_all')
    assert.equal(courtesy('search_wikipedia'), 'search')
  })
})

describe('patience', () => {
  it('tries until the server answers, and tells of its absence once', async () => {
    const lines: string[] = []
    const patience = createPatience((line) => lines.push(line))
    patience.noticed('gone')
    patience.noticed('gone')
    let attempts = 0
    const attempt = async () => {
      if (++attempts < 2) throw new Error('refused')
      return 'answer'
    }
    assert.equal(await patience.until(attempt, new AbortController().signal), 'answer')
    assert.equal(attempts, 2)
    assert.match(lines.join('\n'), /^the server is away \(gone\).*\nthe server is back after \d+ s$/)
  })

  it('ends when it is told to stop', async () => {
    const patience = createPatience(() => {})
    const waiting = patience.until(() => Promise.reject(new Error('refused')), AbortSignal.timeout(20))
    await assert.rejects(waiting, { name: /AbortError|TimeoutError/ })
  })
})

describe('the options', () => {
  it('come from flags, then from the environment, then from defaults', () => {
    const env = { DEMO_RATE: '2', DEMO_USERS: '3', DEMO_SEED: '', DEMO_EXTERNAL_EVERY: '7' }
    const options = readOptions(['--rate', '9'], env)
    assert.equal(options?.rate, 9)
    assert.equal(options?.users, 3)
    assert.equal(options?.seed, 1)
    assert.equal(options?.externalEveryMs, 7_000)
    assert.equal(options?.durationMs, undefined)
    assert.equal(options?.url.href, 'http://localhost:8080/mcp')
  })

  it('are refused when they make no sense', () => {
    const wrong = [['--rate', '0'], ['--users', 'many'], ['--url', 'localhost'], ['--speed', '1'], ['now']]
    for (const args of wrong) assert.throws(() => readOptions(args, {}), UsageError, args.join(' '))
  })
})

describe('the summary', () => {
  it('names what happened since the last one, and in the end everything', () => {
    const tally = createTally()
    const add = (result: string, durationMs: number) =>
      tally.add({ what: 'search', era: 'modern', result, durationMs })
    for (let n = 1; n <= 9; n++) add('ok', n)
    add('not_found', 100)
    assert.equal(
      tally.summary(),
      '10 requests (modern 10); 10.0 % errors (not_found 1); p50 5 ms, p95 9 ms, slowest search 100 ms',
    )
    assert.equal(tally.summary(), 'no requests')
    assert.equal(tally.total(), '10 requests (modern 10); 10.0 % errors; ok 9, not_found 1')
  })
})
