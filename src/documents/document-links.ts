import { posix } from 'node:path'
import type { Document } from './document.ts'
import { documentIdOf, plainIdOf } from './document-id.ts'
import { ownFolder, ownSiblings } from './own-documents.ts'

/**
 * Maps relative links between Markdown files to document pages. Returns undefined for a file without a page.
 */
export function documentLinks({
  id,
  source,
}: Pick<Document, 'id' | 'source'>): (href: string) => string | undefined {
  const withoutPrefix = [documentIdOf(source), plainIdOf(source)].find((own) => id.endsWith(own)) ?? id
  const idPrefix = id.slice(0, -withoutPrefix.length).replace(/\.$/, '')
  return (href) => {
    if (/^(?:[a-z][a-z0-9+.-]*:|\/|#)/i.test(href)) return href
    const [, file, fragment = ''] = /^([^#?]+\.(?:md|markdown|mdx))(#.*)?$/i.exec(href) ?? []
    const path = file && ingestedPath(posix.join(posix.dirname(source), decodePath(file)))
    return path && `/documents/${documentIdOf(path, idPrefix)}${fragment}`
  }
}

/** @param path relative to the ingested folder; @returns undefined if the file is not ingested */
function ingestedPath(path: string): string | undefined {
  if (!path.startsWith('../')) return path
  const sibling = path.slice('../'.length)
  if (sibling.startsWith(`${ownFolder}/`)) return sibling.slice(ownFolder.length + 1)
  return ownSiblings.includes(sibling) ? path : undefined
}

/** Percent-decodes a link; returns it unchanged if it is not valid encoding (`%E0.md`). */
function decodePath(file: string): string {
  try {
    return decodeURI(file)
  } catch {
    return file
  }
}
