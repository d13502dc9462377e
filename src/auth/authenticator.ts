import type { Caller } from './caller.ts'

/** Verifies credentials; one implementation per authentication mode. */
export interface Authenticator {
  /**
   * @param credential the value of `Authorization: Bearer …`; must never be logged or echoed
   * @throws InvalidCredential if it is invalid, expired or revoked
   * @throws Error if verification is unavailable
   */
  authenticate(credential: string): Promise<Caller>
}

/** The message is shown to the caller and contains no part of the credential. */
export class InvalidCredential extends Error {
  override readonly name = 'InvalidCredential'
}
