/** Types of an access token (RFC 9068, section 4), and of a JWT whose issuer declares no purpose. */
const accessTokenType = 'at+jwt'
const genericTypes = ['jwt', undefined]

/**
 * Accepts the `typ` header of access tokens and rejects JWTs of any other declared purpose, such as `dpop+jwt`,
 * `logout+jwt` and `id_token+jwt`, which the same authorization server signs with the same keys (RFC 8725, section 3.11).
 * @param requireAccessToken rejects tokens without a type too, which many authorization servers issue
 */
export function isAccessTokenType(typ: unknown, requireAccessToken: boolean): boolean {
  // A media type: case-insensitive, its prefix `application/` may be omitted (RFC 7515, section 4.1.9).
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ
  return type === accessTokenType || (!requireAccessToken && genericTypes.some((generic) => generic === type))
}
