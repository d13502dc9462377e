/** A seeded random number generator: equal seeds give equal sequences on every machine. */
export interface Random {
  /** In the interval [0, 1). */
  next(): number
  /** An integer in the interval [from, to]. */
  whole(from: number, to: number): number
  pick<T>(choices: readonly T[]): T
  /** Exponentially distributed, capped at four times the mean. */
  waitMs(meanMs: number): number
}

/** @param stream gives each user of one seed an independent sequence */
export function createRandom(seed: number, stream = 0): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0

  /** Mulberry32. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  return {
    next,
    whole: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: <T>(choices: readonly T[]) => choices[Math.floor(next() * choices.length)] as T,
    waitMs: (meanMs) => Math.round(Math.min(-Math.log(1 - next()), 4) * meanMs),
  }
}
