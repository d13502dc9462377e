import { posix } from 'node:path'
import MarkdownIt from 'markdown-it'
import type { Document } from '../../documents/document.ts'
import { documentIdOf } from '../../documents/document-id.ts'

/**
 * Renders Markdown that anybody may have written: HTML in it is shown as text, and links may only lead to
 * what markdown-it's `validateLink` allows (no `javascript:`). Images stay out; the pages load nothing.
 */
const markdown = new MarkdownIt({ html: false, linkify: true }).disable('image')

const { rules } = markdown.renderer

// What may be wider than the page scrolls by itself, by keyboard too.
rules.table_open = () => '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>\n'
rules.table_close = () => '</table></div>\n'
for (const name of ['fence', 'code_block'] as const) {
  const render = rules[name]
  rules[name] = (...args) => render?.(...args).replace(/^<pre>/, '<pre tabindex="0">') ?? ''
}

/** @param document whose links to its neighbours in the ingested folder are to lead to their pages */
export function renderMarkdown({ id, source, text }: Pick<Document, 'id' | 'source' | 'text'>): string {
  const idPrefix = id.slice(0, -documentIdOf(source).length).replace(/\.$/, '')
  const env = {}
  const tokens = markdown.parse(text, env)
  for (const token of tokens.flatMap((block) => block.children ?? [])) {
    const href = token.type === 'link_open' ? token.attrGet('href') : null
    if (href) token.attrSet('href', pageOf(String(href), source, idPrefix))
  }
  return markdown.renderer.render(tokens, markdown.options, env)
}

/** Links between Markdown files work in a repository; on these pages they lead to the files' documents. */
function pageOf(href: string, source: string, idPrefix: string): string {
  const [, file, fragment = ''] = /^(?![a-z]+:|\/|#)([^#?]+\.md)(#.*)?$/i.exec(href) ?? []
  if (file === undefined) return href
  const path = posix.join(posix.dirname(source), decoded(file))
  return path.startsWith('..') ? href : `/documents/${documentIdOf(path, idPrefix)}${fragment}`
}

/** A file's name as it was before it became part of a link; as it is where it never was (`%E0.md`). */
function decoded(file: string): string {
  try {
    return decodeURI(file)
  } catch {
    return file
  }
}
