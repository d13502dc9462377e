import { posix } from 'node:path'
import type { Document } from './document.ts'
import { documentIdOf } from './document-id.ts'
import { besideOwnFolder, ownFolder } from './own-documents.ts'

/**
 * Links between Markdown files work in a repository; on a document's page they are to lead to the files' pages. Those
 * to other files have no page to lead to.
 */
export function documentLinks({
  id,
  source,
}: Pick<Document, 'id' | 'source'>): (href: string) => string | undefined {
  const idPrefix = id.slice(0, -documentIdOf(source).length).replace(/\.$/, '')
  return (href) => {
    if (/^(?:[a-z][a-z0-9+.-]*:|\/|#)/i.test(href)) return href
    const [, file, fragment = ''] = /^([^#?]+\.md)(#.*)?$/i.exec(href) ?? []
    const path = file && ingestedPath(posix.join(posix.dirname(source), decoded(file)))
    return path && `/documents/${documentIdOf(path, idPrefix)}${fragment}`
  }
}

/** @param path relative to the ingested folder; undefined if nothing from there is loaded */
function ingestedPath(path: string): string | undefined {
  if (!path.startsWith('../')) return path
  const beside = path.slice('../'.length)
  if (beside.startsWith(`${ownFolder}/`)) return beside.slice(ownFolder.length + 1)
  return besideOwnFolder.includes(beside) ? path : undefined
}

/** A file's name as it was before it became part of a link; as it is where it never was (`%E0.md`). */
function decoded(file: string): string {
  try {
    return decodeURI(file)
  } catch {
    return file
  }
}
