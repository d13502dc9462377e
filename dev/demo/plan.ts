/** What a simulated user will do, decided by chance alone: nothing here depends on what the server answers. */
import { alerts, inventedTools, lostIds, notes, questions, topics, typos } from './phrases.ts'
import type { Random } from './random.ts'

export type Action =
  | { readonly kind: 'call'; readonly tool: string; readonly args: Readonly<Record<string, unknown>> }
  /** Fetches one of the documents that the last search found: the one at this fraction of the list. */
  | { readonly kind: 'fetch-found'; readonly at: number }
  | { readonly kind: 'list'; readonly what: 'tools' | 'resources' | 'templates' | 'prompts' }
  /** Reads one of the documents that were found as a resource. */
  | { readonly kind: 'read-found'; readonly at: number }
  | { readonly kind: 'prompt'; readonly alert: string }
  | { readonly kind: 'complete'; readonly beginning: string }

export interface Step {
  /** Before the action. */
  readonly thinkMs: number
  /** Sent at the same time; mostly one. */
  readonly actions: readonly Action[]
  /** W3C trace context of the user's own trace, which the server's spans are to join. */
  readonly traceparent: string
}

/** What a user does between connecting and leaving. */
export interface Visit {
  readonly steps: readonly Step[]
  readonly pauseAfterMs: number
}

const steps = {
  search: 36,
  typo: 6,
  fetchFound: 28,
  searchAll: 6,
  searchWikipedia: 4,
  addDocument: 0.7,
  readFound: 3,
  list: 6,
  prompt: 3,
  complete: 2,
  lost: 1.5,
  invalid: 1.2,
  inventedTool: 1,
  burst: 0.4,
}

/** A user's visits, without end. */
export function* plan(random: Random, meanThinkMs: number): Generator<Visit, never> {
  for (;;) {
    const length = random.whole(10, 40)
    yield {
      steps: [
        step([{ kind: 'list', what: 'tools' }]),
        ...Array.from({ length }, () => step(actions[random.weighted(steps)](random))),
      ],
      pauseAfterMs: random.waitMs(meanThinkMs * 2),
    }
  }

  function step(actions: readonly Action[]): Step {
    const traceparent = `00-${random.hex(32)}-${random.hex(16)}-01`
    return { thinkMs: random.waitMs(meanThinkMs), actions, traceparent }
  }
}

const call = (tool: string, args: Record<string, unknown>): Action => ({ kind: 'call', tool, args })

/** Numbered, so that the cache does not know it yet. */
const fresh = (random: Random) => `${random.pick(questions)} ${random.whole(1, 9_999)}`

const actions: Record<keyof typeof steps, (random: Random) => Action[]> = {
  search: (random) => [
    call('search', { query: random.next() < 0.7 ? random.pick(questions) : fresh(random) }),
  ],
  typo: (random) => [call('search', { query: random.pick(typos) })],
  fetchFound: (random) => [{ kind: 'fetch-found', at: random.next() }],
  searchAll: (random) => [call('search_all', { query: random.pick([...questions, ...topics]) })],
  searchWikipedia: (random) => [
    call('search_wikipedia', { query: random.pick(topics), limit: random.whole(3, 8) }),
  ],
  addDocument: (random) => [call('add_document', { ...random.pick(notes), tags: ['demo'] })],
  readFound: (random) => [{ kind: 'read-found', at: random.next() }],
  list: (random) => [
    { kind: 'list', what: random.pick(['tools', 'resources', 'templates', 'prompts'] as const) },
  ],
  prompt: (random) => [{ kind: 'prompt', alert: random.pick(alerts) }],
  complete: (random) => [{ kind: 'complete', beginning: random.pick(alerts).slice(0, random.whole(1, 3)) }],
  lost: (random) => [call('fetch', { id: random.pick(lostIds) })],
  invalid: (random) => [
    random.pick([
      call('search', {}),
      call('search', { query: '   ' }),
      call('add_document', { title: '', text: 'untitled' }),
      call('fetch', { id: 7 }),
    ]),
  ],
  inventedTool: (random) => [call(random.pick(inventedTools), { query: random.pick(topics) })],
  // The slow ones: an agent that tries a dozen wordings at once, each one misspelt from end to end, so that
  // the database has to look for similar words.
  burst: (random) => Array.from({ length: 12 }, () => call('search', { query: longQuery(random) })),
}

function longQuery(random: Random): string {
  const words = Array.from({ length: 40 }, () => `${random.pick(typos)} ${random.pick(questions)}`)
  return words.join(' ').slice(0, 900).trim()
}
