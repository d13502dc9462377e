import { hash } from 'node:crypto'

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
 * Derives an id from a path: `runbooks/disk-full.md` becomes `runbooks.disk-full`. If the slug loses characters, a hash
 * of the name follows: `C++.md` becomes `c-f1deb75f`. Names in upper case, such as `README.md`, get no hash. A sibling
 * of the folder, `../README.md`, gets the id that it would have inside.
 */
export function documentIdOf(path: string, prefix = ''): string {
  const folders = path.replace(/^\.\.\//, '').split('/')
  const name = folders.pop() ?? ''
  const [, stem = name, type = 'md'] = /^(.*)\.(md|markdown|mdx)$/s.exec(name) ?? []
  const parts = [...(prefix === '' ? [] : [prefix]), ...folders, stem].map(distinctSlug)
  // The slug has no underscore, so `a.mdx` and `a-mdx.md` differ.
  return bounded(`${parts.join('.')}${type === 'md' ? '' : `_${type}`}`, path)
}

/** The id by the rules of releases without hashes. Documents that they loaded keep it. */
export function plainIdOf(path: string, prefix = ''): string {
  const names = [...(prefix === '' ? [] : [prefix]), ...path.replace(/^\.\.\/|\.md$/g, '').split('/')]
  return bounded(names.map((name) => slug(name) || shortHash(name)).join('.'), path)
}

/** The id of a file whose regular id belongs to another file. */
export const uniqueIdOf = (ownId: string, path: string): string => `${ownId.slice(0, 190)}-${shortHash(path)}`

/** Removes the hashes from an id, which yields the plain id in most cases. */
export const withoutHashes = (id: string): string => id.replace(/-[0-9a-f]{8}(?=\.|$)/g, '')

function distinctSlug(name: string): string {
  const plain = slug(name)
  // File systems differ in the normalization of names.
  const hash = () => shortHash(name.normalize('NFC'))
  if (plain === '') return hash()
  const isKept = plain === name || (plain === name.toLowerCase() && name === name.toUpperCase())
  return isKept ? plain : `${plain}-${hash()}`
}

const bounded = (id: string, path: string): string =>
  id.length <= 200 ? id : `${id.slice(0, 190)}-${shortHash(path)}`

const shortHash = (text: string): string => hash('sha256', text).slice(0, 8)
