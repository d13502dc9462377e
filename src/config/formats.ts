/** Forms of a variable's value. The text of a rule follows the variable's name and never shows its value. */
import { z } from 'zod'
import { isTrustworthyUrl } from '../auth/oauth/trustworthy-url.ts'

export const url = (...protocols: string[]) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be a URL that starts with ${protocols.map((p) => `${p}//`).join(' or ')}`,
  })

/** An address for people to open: without what they would have to keep secret. */
export const webAddress = url('http:', 'https:')
  .refine(withoutCredentials, 'must hold no user and password')
  .transform((value) => value.replace(/\/+$/, ''))

export const hostName = String.raw`\[[0-9a-f:.]+\]|[a-z0-9.-]+`
/** A browser extension's origin has a name of its own in every installation (Firefox), so all of a scheme are meant. */
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

/** As browsers send it, or it would never be equal to what they send. */
export const isOrigin = (value: string): boolean => URL.canParse(value) && new URL(value).origin === value

export const wholeNumber = (least: number, most: number) =>
  z.coerce
    .number('must be a number')
    .int('must be a whole number')
    .min(least, `must be ${least} to ${most}`)
    .max(most, `must be ${least} to ${most}`)

export const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true')

export const port = z.coerce
  .number('must be a port number')
  .int('must be a whole number')
  .min(0, 'must be 0 to 65535')
  .max(65535, 'must be 0 to 65535')

export const secureUrl = z
  .string()
  .refine(isTrustworthyUrl, 'must be a URL that starts with https://, or with http:// on this machine')
  .refine(
    (value) => !URL.canParse(value) || (new URL(value).username === '' && new URL(value).hash === ''),
    'must hold no user, password and fragment',
  )

function withoutCredentials(value: string): boolean {
  return !URL.canParse(value) || (new URL(value).username === '' && new URL(value).password === '')
}
