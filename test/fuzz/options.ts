import { parseArgs } from 'node:util'

export interface FuzzOptions {
  readonly seed: number
  readonly count: number
  /** Only this one, shown with what becomes of it. */
  readonly only: number | undefined
}

export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const usage = `Sends generated hostile requests to a server that it starts.

  --seed N    the same seed, the same requests (from the clock)
  --count N   how many cases (100000)
  --case N    shows case N of the seed and what is answered, and sends nothing else
`

/** @throws UsageError that says which argument is wrong */
export function readOptions(args: readonly string[]): FuzzOptions {
  const values = parse(args)
  const whole = (name: string, text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 31)
      throw new UsageError(`--${name}: not a whole number`)
    return value
  }
  return {
    seed: whole('seed', values.seed ?? String(Date.now() % 2 ** 31)),
    count: whole('count', values.count ?? '100000'),
    only: values.case === undefined ? undefined : whole('case', values.case),
  }
}

function parse(args: readonly string[]) {
  const string = { type: 'string' } as const
  try {
    return parseArgs({ args: [...args], options: { seed: string, count: string, case: string } }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
