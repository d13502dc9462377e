import { parseArgs } from 'node:util'

export interface FuzzOptions {
  readonly seed: number
  readonly count: number
  /** Send only this case and print its responses. */
  readonly only: number | undefined
}

export class UsageError extends Error {
  override readonly name = 'UsageError'
}

export const usage = `Starts a server and sends it generated hostile requests.

  --seed N    seed of the generator; equal seeds send equal requests (default: from the clock)
  --count N   number of cases (default: 100000)
  --case N    send only case N of the seed and print its responses
`

/** @throws UsageError that names the invalid argument */
export function readOptions(args: readonly string[]): FuzzOptions {
  const values = parse(args)
  const whole = (name: string, text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** 31)
      throw new UsageError(`--${name}: must be a whole number below 2^31`)
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
