import { type RequestHandler, Router } from 'express'
import { AppError } from '../errors.ts'
import type { Authentication } from '../http/middleware/authentication.ts'
import { escapeHtml, renderPage } from '../http/pages/layout.ts'
import { renderMarkdown } from '../http/pages/markdown.ts'
import { withDeadline } from '../lib/deadline.ts'
import { documentIdPattern } from './document-id.ts'
import { documentLinks } from './document-links.ts'
import type { DocumentStore } from './store.ts'

export interface DocumentPagesOptions {
  readonly documents: Pick<DocumentStore, 'get'>
  readonly access: { readonly authenticate: Authentication; authorize(scope: string): Authentication }
}

/** Serves the documents of `fetch`, so it needs the same credentials and scope. */
export function createDocumentPages({ documents, access }: DocumentPagesOptions): Router {
  const pages = Router()
  pages.get(
    '/documents/:id',
    access.authenticate,
    access.authorize('documents:read'),
    createDocumentPage(documents),
  )
  return pages
}

/** `GET /documents/:id`: the target of a citation's url. */
function createDocumentPage(documents: Pick<DocumentStore, 'get'>): RequestHandler<{ id: string }> {
  return async (req, res) => {
    const { id } = req.params
    const document = documentIdPattern.test(id)
      ? await withDeadline({ timeoutMs: 5_000, operation: 'The page' }, (signal) =>
          documents.get(id, { signal }),
        )
      : undefined
    if (document === undefined) throw new AppError('not_found', 'No document has this id.')
    const { title, text, tags, source, updatedAt } = document
    const heading = /^#\s/m.test(text) ? '' : `<h1>${escapeHtml(title)}</h1>`
    const details = [source, ...tags, `updated ${updatedAt.toISOString().slice(0, 10)}`]
      .map(escapeHtml)
      .join(' · ')
    renderPage(res, {
      title,
      body: `<main>${heading}${renderMarkdown(text, documentLinks(document))}</main><footer class="meta"><hr>${details}</footer>`,
    })
  }
}
