/** Value formats. An error text follows the variable's name and never contains its value. */
import { z } from 'zod'
import { isTrustworthyUrl } from '../auth/oauth/trustworthy-url.ts'

export const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  })

/** Detects an unencoded special character in the user or password, with which the URL would name another host. */
export function hasUnencodedCredentials(value: string): boolean {
  if (!/^[a-z+]+:\/\//i.test(value)) return false
  if (!URL.canParse(value)) return value.includes('@')
  const { username, password, pathname, search, hash } = new URL(value)
  if (`${pathname}${hash}`.includes('@') || (pathname === '' && search.includes('@'))) return true
  try {
    decodeURIComponent(`${username}${password}`)
    return false
  } catch {
    return true
  }
}

export const encodingRule = {
  error: 'percent-encode the user and password: # as %23, / as %2F, ? as %3F, @ as %40, % as %25',
  abort: true,
}

/** A URL that is shown to people, so it must not contain credentials. */
export const webAddress = url('http:', 'https:')
  .refine(withoutCredentials, 'must not contain a user or password')
  .transform((value) => value.replace(/\/+$/, ''))

export const hostName = String.raw`\[[0-9a-f:.]+\]|[\w.-]+`
/** Matches every extension: Firefox generates an extension's origin per installation. */
export const extensionScheme = String.raw`[a-z-]+:\/\/\*`

export const listOf = (pattern: string, rule: string) =>
  z
    .string()
    .transform((list) =>
      list
        .toLowerCase()
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== ''),
    )
    .pipe(z.array(z.string().regex(new RegExp(`^(${pattern})$`), rule)))

/** Whether the value is a serialized origin, the form in which browsers send it. */
export const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value

export const wholeNumber = (least: number, most: number, type = 'must be a number') =>
  z.coerce
    .number(type)
    .int('must be a whole number')
    .min(least, `must be ${least} to ${most}`)
    .max(most, `must be ${least} to ${most}`)

export const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true')

export const port = wholeNumber(0, 65_535, 'must be a port number')

export const secureUrl = z
  .string()
  .refine(isTrustworthyUrl, 'must be an https:// URL, or an http:// URL on loopback')
  .refine(
    (value) => withoutCredentials(value) && (!URL.canParse(value) || new URL(value).hash === ''),
    'must not contain a user, password or fragment',
  )

function withoutCredentials(value: string): boolean {
  return !URL.canParse(value) || (new URL(value).username === '' && new URL(value).password === '')
}
