import { posix } from 'node:path'
import MarkdownIt, { type Token } from 'markdown-it'
import type { Document } from '../../documents/document.ts'
import { documentIdOf } from '../../documents/document-id.ts'
import { besideOwnFolder, ownFolder } from '../../documents/own-documents.ts'
import { createHeadingIds } from './heading-ids.ts'
import { escapeHtml } from './layout.ts'

/**
 * Renders Markdown that anybody may have written: HTML in it is shown as text, and links may only lead to
 * what markdown-it's `validateLink` allows (no `javascript:`). Of an image only its description is shown; the pages load nothing.
 */
const markdown = new MarkdownIt({ html: false, linkify: true })

const { rules } = markdown.renderer

// What may be wider than the page scrolls by itself, by keyboard too.
rules.table_open = () => '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>\n'
rules.table_close = () => '</table></div>\n'
rules.image = (tokens, index) => escapeHtml(tokens[index]?.content ?? '')
for (const name of ['fence', 'code_block'] as const) {
  const render = rules[name]
  rules[name] = (...args) => render?.(...args).replace(/^<pre>/, '<pre tabindex="0">') ?? ''
}

/** @param document whose links to its neighbours in the ingested folder are to lead to their pages */
export function renderMarkdown({ id, source, text }: Pick<Document, 'id' | 'source' | 'text'>): string {
  const idPrefix = id.slice(0, -documentIdOf(source).length).replace(/\.$/, '')
  const headingId = createHeadingIds()
  const env = {}
  const tokens = markdown.parse(text, env)
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'inline' && token.children)
      token.children = withLinks(token.children, (href) => pageOf(href, source, idPrefix))
    if (token.type !== 'heading_open') continue
    const name = headingId(textOf(tokens[index + 1]?.children ?? []))
    // A page opens at its title anyway.
    if (name !== '' && token.tag !== 'h1') token.attrSet('id', name)
  }
  return markdown.renderer.render(tokens, markdown.options, env)
}

const textOf = (tokens: readonly Token[]): string =>
  tokens.map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : '')).join('')

/** @param target what a link leads to on these pages; without one only its text stays */
function withLinks(tokens: readonly Token[], target: (href: string) => string | undefined): Token[] {
  let dropped = false
  return tokens.filter((token) => {
    if (token.type === 'link_close') return !dropped
    if (token.type !== 'link_open') return true
    const href = target(String(token.attrGet('href')))
    dropped = href === undefined
    if (href !== undefined) token.attrSet('href', href)
    return !dropped
  })
}

/**
 * Links between Markdown files work in a repository; on these pages they lead to the files' documents. Those to
 * other files have no page to lead to.
 */
function pageOf(href: string, source: string, idPrefix: string): string | undefined {
  if (/^(?:[a-z][a-z0-9+.-]*:|\/|#)/i.test(href)) return href
  const [, file, fragment = ''] = /^([^#?]+\.md)(#.*)?$/i.exec(href) ?? []
  const path = file && ingestedPath(posix.join(posix.dirname(source), decoded(file)))
  return path && `/documents/${documentIdOf(path, idPrefix)}${fragment}`
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
