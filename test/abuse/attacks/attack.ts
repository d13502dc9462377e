import type { Client } from '../support/client.ts'
import type { Target } from '../support/target.ts'

export interface Attack {
  readonly name: string
  /** The bounds that it meets, for the table. */
  readonly refusedBy: string
  /** The attacker needs no credential, so one AUTH_MODE shows it. */
  readonly beforeAuthentication?: boolean
  /**
   * Sends everything as one caller within the rate limits.
   * @returns the responses to the attacker, for the table
   * @throws if the attack did not happen, or was not refused
   */
  run(attacker: Client, target: Target): Promise<string>
}
