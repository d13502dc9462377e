import type { Caller } from './caller.ts'

/** Finds out who has sent a credential: what an authentication mode is made of. */
export interface Authenticator {
  /**
   * @param credential as it came in `Authorization: Bearer …`; must never be logged or repeated
   * @throws InvalidCredential if it is not, or no longer, one of ours
   * @throws Error if that can't be found out now
   */
  authenticate(credential: string): Promise<Caller>
}

/** The message may be shown to whoever sent the credential, and holds nothing of it. */
export class InvalidCredential extends Error {
  override readonly name = 'InvalidCredential'
}
