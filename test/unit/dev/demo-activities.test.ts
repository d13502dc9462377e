import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { activities } from '../../../dev/demo/activities.ts'
import { createChooser, type Request } from '../../../dev/demo/activity.ts'

const choose = createChooser(activities, 0)
const chosen = Array.from({ length: 20_000 }, () => {
  const activity = choose()
  return { kind: activity.kind, request: activity.request([]) }
})
const toolOf = ({ params }: Request) => String(params?.name)
const share = (fits: (one: (typeof chosen)[number]) => boolean) => chosen.filter(fits).length / chosen.length

describe('the activities of the demo traffic', () => {
  it('contain 1 to 5 % client errors', () => {
    const mistakes = share(({ kind }) => kind === 'mistake')
    assert.ok(mistakes > 0.01 && mistakes < 0.05, String(mistakes))
  })

  it('mark all calls that reach the external API, 5 to 15 % of all', () => {
    for (const { kind, request } of chosen)
      assert.equal(kind === 'external', ['search_wikipedia', 'search_all'].includes(toolOf(request)))
    const external = share(({ kind }) => kind === 'external')
    assert.ok(external > 0.05 && external < 0.15, String(external))
  })

  it('call every tool', () => {
    for (const name of ['search', 'fetch', 'search_all', 'search_wikipedia', 'add_document'])
      assert.ok(share(({ kind, request }) => kind !== 'mistake' && toolOf(request) === name) > 0, name)
  })

  it('add documents from a small set, so that the corpus does not grow', () => {
    const added = chosen.filter(({ request }) => toolOf(request) === 'add_document')
    assert.ok(added.length / chosen.length < 0.02)
    assert.ok(new Set(added.map(({ request }) => JSON.stringify(request))).size <= 8)
  })
})
