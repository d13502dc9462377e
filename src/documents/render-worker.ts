import { renderMarkdown } from '../http/pages/markdown.ts'
import type { Document } from './document.ts'
import { documentLinks } from './document-links.ts'

/** Runs in a process of its own, because some Markdown takes seconds per 100 kB. */
export default (document: Pick<Document, 'id' | 'source' | 'text'>): string =>
  renderMarkdown(document.text, documentLinks(document))
