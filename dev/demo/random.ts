/** A source of chance that gives the same sequence for the same seed, on every machine. */
export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
  whole(from: number, to: number): number
  pick<T>(choices: readonly T[]): T
  /** One of the names, as often as its weight says. */
  weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name
  /** Waiting times of independent events, bounded so that nobody falls asleep. */
  waitMs(meanMs: number): number
  /** Lower-case hexadecimal digits, not all zero. */
  hex(digits: number): string
}

/** @param stream tells apart users of one seed, so that no user's chance depends on what another one does */
export function createRandom(seed: number, stream = 0): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b)) >>> 0

  /** Mulberry32: one 32-bit word of state, good enough for choosing among sentences. */
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))

  function pick<T>(choices: readonly T[]): T {
    const choice = choices[whole(0, choices.length - 1)]
    if (choice === undefined) throw new RangeError('There is nothing to choose from.')
    return choice
  }

  return {
    next,
    whole,
    pick,
    weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
      const entries = Object.entries(weights) as [Name, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [name, weight] of entries) {
        left -= weight
        if (left < 0) return name
      }
      return pick(entries)[0]
    },
    waitMs: (meanMs) => Math.round(Math.min(-Math.log(1 - next()), 4) * meanMs),
    hex(digits) {
      const text = Array.from({ length: digits - 1 }, () => whole(0, 15).toString(16)).join('')
      return text + whole(1, 15).toString(16)
    },
  }
}
