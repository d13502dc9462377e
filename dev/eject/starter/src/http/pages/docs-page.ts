import { readFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { Router } from 'express'
import { AppError } from '../../errors.ts'
import type { Authentication } from '../middleware/authentication.ts'
import { renderPage } from './layout.ts'
import { renderMarkdown } from './markdown.ts'

export interface DocsPagesOptions {
  /** The folder of the project's documentation. */
  readonly folder: string
  readonly access: { readonly authenticate: Authentication }
}

/** The project's own documentation, where alerts and dashboards link to: `runbooks.watchdog` is `runbooks/watchdog.md`. */
export function createDocsPages({ folder, access }: DocsPagesOptions): Router {
  const pages = Router()
  pages.get('/documents/:id', access.authenticate, async (req, res) => {
    const id = String(req.params.id)
    const path = `${id.replaceAll('.', '/')}.md`
    const file = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(id)
      ? await readFile(join(folder, path), 'utf8').catch(() => undefined)
      : undefined
    if (file === undefined) throw new AppError('not_found', 'No document has this id.')
    const text = file.replace(/^---\n[\s\S]*?\n---\n/, '')
    renderPage(res, {
      title: /^# (.+)$/m.exec(text)?.[1] ?? id,
      body: `<main>${renderMarkdown(text, (href) => pageOf(href, path))}</main>`,
    })
  })
  return pages
}

/** Links between Markdown files work in the repository; on these pages they lead to the files' pages. */
function pageOf(href: string, from: string): string {
  const [, file, fragment = ''] = /^(?![a-z]+:|\/|#)([^#?]+)\.md(#.*)?$/i.exec(href) ?? []
  if (file === undefined) return href
  const path = posix.join(posix.dirname(from), file)
  return path.startsWith('..') ? href : `/documents/${path.replaceAll('/', '.')}${fragment}`
}
