import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Results, serialize } from '../../../bench/result.ts'
import { type Random, seeded } from '../../../bench/search/random.ts'
import {
  adjustedRatios,
  mean,
  median,
  type Observation,
  quantile,
  ratioInterval,
  verdict,
} from '../../../bench/statistics.ts'

const isClose = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected} ± ${tolerance}`)

/** A standard normal number (Box-Muller). */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** Pairs of a true geometric mean ratio of 1.2 that share the noise of their block. */
function blocks(random: Random, count: number, costOf: (random: Random) => number): [number, number][] {
  return Array.from({ length: count }, () => {
    const machine = Math.exp(0.3 * normal(random))
    return [1.2 * machine * costOf(random), machine * costOf(random)]
  })
}

const steady = (random: Random) => Math.exp(0.05 * normal(random))
/** A process in one of two states, one 1.6 times as expensive. */
const twoStates = (random: Random) => steady(random) * (random() < 0.4 ? 1.6 : 1)

/** Share of intervals that contain the true ratio. */
function coverage(count: number, costOf: (random: Random) => number): number {
  const random = seeded(7)
  const trials = 500
  let covered = 0
  for (let trial = 0; trial < trials; trial++) {
    const { low, high } = ratioInterval(blocks(random, count, costOf), 400)
    if (low <= 1.2 && 1.2 <= high) covered++
  }
  return covered / trials
}

describe('benchmark statistics', () => {
  it('interpolates quantiles', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5)
    assert.equal(quantile([1, 2, 3, 4, 5], 0.25), 2)
  })

  it('estimates the geometric mean of the ratios, unchanged by the order of the pairs', () => {
    const pairs: [number, number][] = [
      [2, 1],
      [1, 2],
      [3, 1],
      [1, 3],
    ]
    isClose(ratioInterval(pairs).ratio, 1, 1e-12)
    isClose(ratioInterval(pairs.toReversed()).ratio, 1, 1e-12)
  })

  it('returns the interval of Student’s t for normal noise', () => {
    const random = seeded(3)
    const pairs = Array.from({ length: 40 }, (): [number, number] => [Math.exp(0.1 * normal(random)), 1])
    const logs = pairs.map(([value]) => Math.log(value))
    const error = Math.sqrt(mean(logs.map((log) => (log - mean(logs)) ** 2)) / 39)
    const { low, high } = ratioInterval(pairs)
    // 2.023 is the quantile of 39 degrees of freedom.
    isClose(Math.log(low), mean(logs) - 2.023 * error, 0.2 * error)
    isClose(Math.log(high), mean(logs) + 2.023 * error, 0.2 * error)
  })

  it('covers the true ratio in 93 to 97 of 100 experiments with steady processes', () => {
    isClose(coverage(12, steady), 0.95, 0.02)
  })

  it('covers the true ratio in at least 93 of 100 experiments with processes in two states', () => {
    const share = coverage(12, twoStates)
    assert.ok(share >= 0.93 && share <= 0.99, `covered ${share}`)
  })

  it('is not widened by noise that both processes of a block share', () => {
    const { low, high } = ratioInterval(blocks(seeded(1), 12, steady))
    assert.ok(high / low < 1.15, `${low} to ${high}`)
  })

  it('is a point if all pairs are equal, and unbounded for less than four pairs', () => {
    const equal = (count: number) => Array.from({ length: count }, (): [number, number] => [3, 2])
    for (const limit of Object.values(ratioInterval(equal(12)))) isClose(limit, 1.5, 1e-12)
    assert.deepEqual(ratioInterval([[3, 2]]).high, Number.POSITIVE_INFINITY)
    assert.equal(
      verdict(
        ratioInterval([
          [1, 9],
          [1, 8],
          [1, 7],
        ]),
      ),
      'cannot tell',
    )
  })

  it('adjusts for the speed of the machine, and keeps a difference between runs', () => {
    const random = seeded(5)
    /** Ratios that grow with the root of the covariate, on machines of different speed. */
    const runOf = (ratio: number, machine: number): Observation[] =>
      Array.from({ length: 40 }, () => {
        const speed = machine * Math.exp(0.1 * normal(random))
        return [speed, ratio * Math.sqrt(speed / 600) * Math.exp(0.02 * normal(random))]
      })
    const { covariate, ratios } = adjustedRatios([runOf(1, 500), runOf(1, 720), runOf(1.1, 600)])
    isClose(covariate, 600, 15)
    for (const [i, expected] of [1, 1, 1.1].entries()) isClose(ratios[i]?.ratio ?? 0, expected, 0.02)
  })

  it('covers the true ratio in 93 to 97 of 100 adjusted intervals', () => {
    const random = seeded(9)
    let covered = 0
    for (let trial = 0; trial < 300; trial++) {
      const runs = [500, 600, 720].map((machine) =>
        Array.from({ length: 10 }, (): Observation => {
          const speed = machine * Math.exp(0.1 * normal(random))
          return [speed, 1.2 * Math.sqrt(speed / 600) * Math.exp(0.05 * normal(random))]
        }),
      )
      const { covariate, ratios } = adjustedRatios(runs)
      const expected = 1.2 * Math.sqrt(covariate / 600)
      covered += ratios.filter(({ low, high }) => low <= expected && expected <= high).length
    }
    isClose(covered / 900, 0.95, 0.02)
  })

  it('decides only if the whole interval is on one side of the limit', () => {
    const interval = { ratio: 1.02, low: 0.98, high: 1.06 }
    assert.equal(verdict(interval), 'cannot tell')
    assert.equal(verdict(interval, 1.1), 'better')
    assert.equal(verdict(interval, 0.95), 'worse')
  })

  it('stores results as valid JSON, without slices', () => {
    const sample = { cpuMicros: 123.456789, instructions: undefined, block: 0, slices: [1] }
    const results = (samples: readonly object[]) =>
      ({
        runs: [{ description: 'a [run], {or two}', measured: [{ name: 'x', samples }] }],
        factors: {
          order: {
            description: '',
            rows: [
              ['a', 'b'],
              ['1,{"2":', '3,{'],
            ],
          },
        },
      }) as unknown as Results
    const stored = { cpuMicros: 123.457, block: 0 }
    const text = serialize(results([sample, sample]))
    assert.deepEqual(JSON.parse(text), results([stored, stored]))
    assert.equal(text.trim().split('\n').length, 5)
  })
})
