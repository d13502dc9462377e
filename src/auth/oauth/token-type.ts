/**
 * Accepts the `typ` header of access tokens (RFC 9068, section 4) and rejects JWTs of any other declared purpose, such
 * as `dpop+jwt`, `logout+jwt` and `id_token+jwt`, which the same authorization server signs with the same keys
 * (RFC 8725, section 3.11).
 * @param requireAtJwt also rejects `JWT` and a missing type, which many authorization servers use for access tokens
 */
export function isAccessTokenType(typ: unknown, requireAtJwt: boolean): boolean {
  // A media type: case-insensitive, its prefix `application/` may be omitted (RFC 7515, section 4.1.9).
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ
  return type === 'at+jwt' || (!requireAtJwt && (type === 'jwt' || type === undefined))
}
