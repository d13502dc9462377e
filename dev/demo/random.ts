/** An integer in the interval [from, to]. */
export const whole = (from: number, to: number): number => from + Math.floor(Math.random() * (to - from + 1))

export const pick = <T>(choices: readonly T[]): T => choices[whole(0, choices.length - 1)] as T

/** Exponentially distributed, capped at four times the mean. */
export const waitMs = (meanMs: number): number =>
  Math.round(Math.min(-Math.log(1 - Math.random()), 4) * meanMs)
