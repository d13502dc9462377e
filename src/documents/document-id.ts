import { createHash } from 'node:crypto'

/** Ids are safe in a path, a URI and a file name without any encoding. */
export const documentIdPattern = /^[a-z0-9][a-z0-9._-]{0,199}$/

/** Brings a title or a file name into the form of an id part: `High error rate!` becomes `high-error-rate`. */
export function slug(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 80)
}

/**
 * `runbooks/High Error Rate.md` becomes `runbooks.high-error-rate`; names without a Latin letter or digit become a hash.
 * A file beside the folder, `../README.md`, is called as if it were in it.
 */
export function documentIdOf(path: string, prefix = ''): string {
  const names = [...(prefix === '' ? [] : [prefix]), ...path.replace(/^\.\.\/|\.md$/g, '').split('/')]
  const id = names.map((name) => slug(name) || shortHash(name)).join('.')
  return id.length <= 200 ? id : `${id.slice(0, 190)}-${shortHash(path)}`
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
