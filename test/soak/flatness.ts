export interface Point {
  readonly atS: number
  readonly value: number
}

/** Growth of a measure over all points, by its trend, and the median. */
export interface Trend {
  readonly growth: number
  readonly median: number
}

/** Share of the run that is warm-up: caches, pools and compiled code fill. */
const warmUpShare = 0.3
/** Allowed growth, as a share of the median. */
const allowedShare = 0.15

export const afterWarmUp = (points: readonly Point[]): readonly Point[] => {
  const begin = (points.at(-1)?.atS ?? 0) * warmUpShare
  return points.filter(({ atS }) => atS >= begin)
}

/**
 * The Theil-Sen trend: the median of the slopes between all pairs of points. It is robust against peaks and
 * up to a quarter of outliers.
 */
export function trendOf(points: readonly Point[]): Trend {
  const slopes: number[] = []
  for (const [index, { atS, value }] of points.entries()) {
    for (const later of points.slice(index + 1)) slopes.push((later.value - value) / (later.atS - atS))
  }
  const duration = (points.at(-1)?.atS ?? 0) - (points[0]?.atS ?? 0)
  return { growth: medianOf(slopes) * duration, median: medianOf(points.map(({ value }) => value)) }
}

/** @param floor growth that is always allowed, in the unit of the measure */
export const isFlat = ({ growth, median }: Trend, floor: number): boolean =>
  growth <= Math.max(floor, median * allowedShare)

function medianOf(values: readonly number[]): number {
  if (values.length === 0) return 0
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const [low = 0, high = 0] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]]
  return (low + high) / 2
}
