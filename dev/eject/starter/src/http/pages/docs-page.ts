import { readdir, readFile } from 'node:fs/promises'
import { join, posix, sep } from 'node:path'
import { Router } from 'express'
import { AppError } from '../../errors.ts'
import type { Authentication } from '../middleware/authentication.ts'
import { renderPage } from './layout.ts'
import { renderInline, renderMarkdown } from './markdown.ts'

export interface DocsPagesOptions {
  /** The folder of the project's documentation. */
  readonly folder: string
  readonly access: { readonly authenticate: Authentication }
}

/** The project's own documentation, where alerts and dashboards link to: `runbooks.watchdog` is `runbooks/watchdog.md`. */
export function createDocsPages({ folder, access }: DocsPagesOptions): Router {
  const pages = Router()
  pages.get('/documents', access.authenticate, async (_req, res) => {
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.md')).sort()
    const entries = await Promise.all(
      files.map(async (file) => {
        const id = file.slice(0, -'.md'.length).replaceAll(sep, '.')
        const title = titleOf(await readFile(join(folder, file), 'utf8')) ?? id
        return `<li><a href="/documents/${id}">${renderInline(title)}</a></li>`
      }),
    )
    renderPage(res, {
      title: 'Documents',
      body: `<main><p><a href="/">Start page</a></p><h1>Documents</h1><ul>${entries.join('\n')}</ul></main>`,
    })
  })
  pages.get('/documents/:id', access.authenticate, async (req, res) => {
    const id = String(req.params.id)
    const path = `${id.replaceAll('.', '/')}.md`
    const file = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(id)
      ? await readFile(join(folder, path), 'utf8').catch(() => undefined)
      : undefined
    if (file === undefined) throw new AppError('not_found', 'No document has this id.')
    const text = file.replace(/^---\n[\s\S]*?\n---\n/, '')
    renderPage(res, {
      title: titleOf(text) ?? id,
      body: `<main><p><a href="/documents">All documents</a></p>${renderMarkdown(text, (href) => pageOf(href, path))}</main>`,
    })
  })
  return pages
}

const titleOf = (text: string): string | undefined => /^# (.+)$/m.exec(text)?.[1]

/** Links between Markdown files work in the repository; on these pages they lead to the files' pages. */
function pageOf(href: string, from: string): string {
  const [, file, fragment = ''] = /^(?![a-z]+:|\/|#)([^#?]+)\.md(#.*)?$/i.exec(href) ?? []
  if (file === undefined) return href
  const path = posix.join(posix.dirname(from), file)
  return path.startsWith('..') ? href : `/documents/${path.replaceAll('/', '.')}${fragment}`
}
