import { createHash } from 'node:crypto'

/** Ids need no encoding in paths, URIs and file names. */
export const documentIdPattern = /^[a-z0-9][a-z0-9._-]{0,199}$/

/** `High error rate!` becomes `high-error-rate`. Empty if the text has no Latin letter or digit. */
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
 * `runbooks/High Error Rate.md` becomes `runbooks.high-error-rate`; a name without a Latin letter or digit becomes
 * its hash. A sibling of the folder, `../README.md`, gets its id as if it were inside.
 */
export function documentIdOf(path: string, prefix = ''): string {
  const names = [...(prefix === '' ? [] : [prefix]), ...path.replace(/^\.\.\/|\.md$/g, '').split('/')]
  const id = names.map((name) => slug(name) || shortHash(name)).join('.')
  return id.length <= 200 ? id : `${id.slice(0, 190)}-${shortHash(path)}`
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
