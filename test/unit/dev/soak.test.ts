import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { afterWarmUp, isFlat, trendOf } from '../../soak/flatness.ts'
import { drawPlot } from '../../soak/plot.ts'

const minutes = 10
/** The same noise in each run: multiples of the golden ratio without their whole part. */
const chanceAt = (index: number) => (index * 1.618_034) % 1
const points = (valueAt: (share: number, chance: number) => number) =>
  Array.from({ length: 150 }, (_one, index) => ({
    atS: index * minutes * 0.4,
    value: valueAt(index / 149, chanceAt(index)),
  }))
const flat = (valueAt: (share: number, chance: number) => number) =>
  isFlat(trendOf(afterWarmUp(points(valueAt))), 6)

describe('the trend of a soak', () => {
  it('is flat for noise, an initial fill and peaks', () => {
    assert.ok(flat((_share, chance) => 50 + chance * 20))
    assert.ok(flat((share) => (share < 0.25 ? 40 + share * 200 : 90)))
    assert.ok(flat((_share, chance) => (chance > 0.9 ? 400 : 50)))
  })

  it('detects a leak under noise and peaks', () => {
    assert.ok(!flat((share, chance) => 50 + share * 25 + chance * 20))
    assert.ok(!flat((share, chance) => 50 + share * 25 + (chance > 0.9 ? 200 : 0)))
  })

  it('tolerates small growth of small values', () => {
    assert.ok(flat((share) => 4 + share * 5))
    assert.ok(!flat((share) => 4 + share * 12))
  })
})

describe('the plot of a soak', () => {
  it('has an escaped title, axes with units, and a dark mode', () => {
    const svg = drawPlot({
      title: 'Soak <1>',
      subtitle: 'today',
      warmUpS: 180,
      panels: [{ title: 'Heap', unit: 'MiB', note: 'flat', points: points(() => 50) }],
    })
    for (const text of ['Soak &#60;1&#62;', 'Heap, MiB', 'minutes', '>60<', 'prefers-color-scheme: dark'])
      assert.ok(svg.includes(text), text)
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/)
  })
})
