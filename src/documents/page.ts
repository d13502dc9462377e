import { type RequestHandler, Router } from 'express'
import { AppError } from '../errors.ts'
import type { Authentication } from '../http/middleware/authentication.ts'
import type { AuthMode } from '../http/pages/client-setup.ts'
import { escapeHtml } from '../http/pages/layout.ts'
import { withDeadline } from '../lib/deadline.ts'
import type { NewDocument } from './document.ts'
import { documentIdPattern } from './document-id.ts'
import { pageSize, renderIndex } from './index-page.ts'
import { isKind, kindHeadings, kindOf, kinds } from './kind.ts'
import { readOwnRunbook } from './own-runbook.ts'
import { renderFramedPage } from './page-frame.ts'
import { createDocumentRenderer } from './render-document.ts'
import type { DocumentStore } from './store.ts'

export interface DocumentPagesOptions {
  readonly documents: Pick<DocumentStore, 'get' | 'listByKind'>
  readonly access: { readonly authenticate: Authentication; authorize(scope: string): Authentication }
  readonly authMode: AuthMode
}

const deadline = { timeoutMs: 5_000, operation: 'The page' }
const indexLink = { href: '/documents', name: 'Documents' }

/** Serves the documents of `search` and `fetch`, so it needs the same credentials and scope. */
export function createDocumentPages({ access, ...options }: DocumentPagesOptions): Router {
  const pages = Router()
  const guards = [access.authenticate, access.authorize('documents:read')]
  pages.get('/documents', ...guards, createIndexPage(options))
  pages.get('/documents/:id', ...guards, createDocumentPage(options))
  return pages
}

type PageOptions = Omit<DocumentPagesOptions, 'access'>

/** `GET /documents`: the documents by kind; with `kind` and `after`, a later page of one kind. */
function createIndexPage({ documents, authMode }: PageOptions): RequestHandler {
  return async (req, res) => {
    const { kind, after = '' } = req.query
    const isAfter = after === '' || (typeof after === 'string' && documentIdPattern.test(after))
    if ((kind !== undefined && !isKind(kind)) || !isAfter)
      throw new AppError('not_found', 'The index has no such page.')
    const entries = await withDeadline(deadline, (signal) =>
      documents.listByKind({ kinds: kind ? [kind] : kinds, after, limit: pageSize + 1, signal }),
    )
    renderFramedPage(res, {
      title: 'Documents',
      authMode,
      trail: kind ? [indexLink] : [],
      main: renderIndex(entries),
    })
  }
}

/** `GET /documents/:id`: the target of a citation's url. */
function createDocumentPage({ documents, authMode }: PageOptions): RequestHandler<{ id: string }> {
  const render = createDocumentRenderer()
  function find(id: string): Promise<(NewDocument & { readonly updatedAt?: Date }) | undefined> {
    return withDeadline(deadline, (signal) => documents.get(id, { signal })).catch(async (error: unknown) => {
      const runbook = await readOwnRunbook(id)
      if (runbook === undefined) throw error
      return runbook
    })
  }
  return async (req, res) => {
    const { id } = req.params
    const document = documentIdPattern.test(id) ? await find(id) : undefined
    if (document === undefined) throw new AppError('not_found', 'No document has this id.')
    const { title, tags, source, updatedAt } = document
    const kind = kindOf(tags)
    const html = await render(document)
    const heading = html.includes('<h1>') ? '' : `<h1>${escapeHtml(title)}</h1>`
    const details = [
      source,
      ...tags,
      updatedAt === undefined ? 'from its file' : `updated ${updatedAt.toISOString().slice(0, 10)}`,
    ]
    renderFramedPage(res, {
      title,
      authMode,
      trail: [indexLink, { href: `${indexLink.href}#${kind}`, name: kindHeadings[kind] }],
      main: `${heading}${html}`,
      footer: `<p>${details.map(escapeHtml).join(' · ')}</p><p><a href="${indexLink.href}">All documents</a></p>`,
    })
  }
}
