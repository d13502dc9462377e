import { seeded } from './search/random.ts'

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** @param q 0 to 1 */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = (sorted.length - 1) * q
  const below = sorted[Math.floor(position)] ?? Number.NaN
  const above = sorted[Math.ceil(position)] ?? Number.NaN
  return below + (above - below) * (position - Math.floor(position))
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

export const spread = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
})

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

export function deviation(values: readonly number[]): number {
  const center = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1))
}

/** A ratio with its 95 % confidence interval. */
export interface Interval {
  readonly ratio: number
  readonly low: number
  readonly high: number
}

/** Fewer resample to too few distinct values. */
const fewestPairs = 4

/**
 * Geometric mean of the ratios of pairs, with a studentized bootstrap of the pairs. The plain percentile bootstrap of a
 * dozen pairs is too narrow: it covers the true ratio nine times in ten.
 */
export function ratioInterval(pairs: readonly (readonly [number, number])[], resamples = 4_000): Interval {
  const logs = pairs.map(([value, base]) => Math.log(value / base))
  const center = mean(logs)
  const ratio = Math.exp(center)
  if (logs.length < fewestPairs) return { ratio, low: 0, high: Number.POSITIVE_INFINITY }
  const errorOf = (values: readonly number[]) => deviation(values) / Math.sqrt(values.length)
  const error = errorOf(logs)
  const random = seeded(1)
  const deviations: number[] = []
  for (let i = 0; i < resamples; i++) {
    const resample = logs.map(() => logs[Math.floor(random() * logs.length)] ?? Number.NaN)
    const resampleError = errorOf(resample)
    // A resample of one repeated value has no deviation, apart from rounding.
    if (resampleError > error / 1e6) deviations.push((mean(resample) - center) / resampleError)
  }
  if (deviations.length === 0) return { ratio, low: ratio, high: ratio }
  const limit = (q: number) => Math.exp(center - quantile(deviations, q) * error)
  return { ratio, low: limit(0.975), high: limit(0.025) }
}

/** A cost that shows the machine's speed, and a ratio that was measured beside it. */
export type Paced = readonly [pace: number, ratio: number]

/**
 * Ratios of runs at the same speed of the machine: analysis of covariance. The slope of log ratio on log pace comes from
 * differences within the runs only, so it cannot hide a difference between them.
 * @returns a ratio per run, at the geometric mean of all paces
 */
export function ratiosAtSamePace(runs: readonly (readonly Paced[])[]): { pace: number; ratios: number[] } {
  const logs = runs.map((run) => run.map(([pace, ratio]): Paced => [Math.log(pace), Math.log(ratio)]))
  const centers = logs.map((run): Paced => [mean(run.map(([x]) => x)), mean(run.map(([, y]) => y))])
  let [covariance, variance] = [0, 0]
  for (const [i, run] of logs.entries()) {
    const [centerX, centerY] = centers[i] as Paced
    for (const [x, y] of run) {
      covariance += (x - centerX) * (y - centerY)
      variance += (x - centerX) ** 2
    }
  }
  const pace = mean(logs.flat().map(([x]) => x))
  return {
    pace: Math.exp(pace),
    ratios: centers.map(([x, y]) => Math.exp(y - (covariance / variance) * (x - pace))),
  }
}

export type Verdict = 'better' | 'worse' | 'cannot tell'

/** Better or worse than the limit only if the whole interval is. */
export function verdict({ low, high }: Interval, limit = 1): Verdict {
  if (high <= limit) return 'better'
  return low > limit ? 'worse' : 'cannot tell'
}
