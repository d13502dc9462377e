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

/** A covariate, here a cost that shows the machine's speed, and a ratio that was measured beside it. */
export type Observation = readonly [covariate: number, ratio: number]

/**
 * Ratios of runs, adjusted to one value of a covariate: analysis of covariance of the logarithms. The slope comes from
 * differences within the runs, so a difference between the runs does not bias it; it is assumed to be the same in all.
 * Intervals are two standard errors wide on either side.
 * @returns the geometric mean of the covariate, to which the ratios are adjusted
 */
export function adjustedRatios(runs: readonly (readonly Observation[])[]): {
  covariate: number
  ratios: Interval[]
} {
  const logs = runs.map((run) => run.map(([x, y]): Observation => [Math.log(x), Math.log(y)]))
  const centers = logs.map((run): Observation => [mean(run.map(([x]) => x)), mean(run.map(([, y]) => y))])
  const center = mean(logs.flat().map(([x]) => x))
  const residuals = logs.flatMap((run, i) => {
    const [centerX, centerY] = centers[i] as Observation
    return run.map(([x, y]): Observation => [x - centerX, y - centerY])
  })
  const sum = (of: (observation: Observation) => number) =>
    residuals.reduce((total, each) => total + of(each), 0)
  const variation = sum(([x]) => x * x)
  const slope = sum(([x, y]) => x * y) / variation
  const freedom = residuals.length - runs.length - 1
  const variance = sum(([x, y]) => (y - slope * x) ** 2) / freedom
  const ratios = centers.map(([x, y], i) => {
    const adjusted = y - slope * (x - center)
    const error = Math.sqrt(variance * (1 / (logs[i]?.length ?? 0) + (x - center) ** 2 / variation))
    const [ratio = 0, low = 0, high = 0] = [0, -2, 2].map((errors) => Math.exp(adjusted + errors * error))
    return { ratio, low, high }
  })
  return { covariate: Math.exp(center), ratios }
}

export type Verdict = 'better' | 'worse' | 'cannot tell'

/** Better or worse than the limit only if the whole interval is. */
export function verdict({ low, high }: Interval, limit = 1): Verdict {
  if (high <= limit) return 'better'
  return low > limit ? 'worse' : 'cannot tell'
}
