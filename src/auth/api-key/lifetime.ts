const secondsOf = { s: 1, m: 60, h: 3_600, d: 86_400 } as const
/** Lifetime of a key that is created without `--expires`: a forgotten key must not work forever. */
export const defaultLifetime = '90d'
const maxSeconds = 3_650 * secondsOf.d

/**
 * Expiry date of a key created at `now`.
 * @param lifetime a number and its unit: 90d, 12h, 30m, 45s
 * @returns undefined if the format is invalid or the lifetime exceeds ten years
 */
export function expiryOf(lifetime: string, now: Date): Date | undefined {
  const [, amount, unit] = /^([1-9]\d{0,9})([smhd])$/.exec(lifetime) ?? []
  if (amount === undefined) return undefined
  const seconds = Number(amount) * secondsOf[unit as keyof typeof secondsOf]
  return seconds <= maxSeconds ? new Date(now.getTime() + seconds * 1_000) : undefined
}
