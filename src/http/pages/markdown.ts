import MarkdownIt, { type Token } from 'markdown-it'
import { createHeadingIds } from './heading-ids.ts'
import { escapeHtml } from './layout.ts'

/**
 * Renders untrusted Markdown: HTML is escaped, links are limited by markdown-it's `validateLink` (no `javascript:`).
 * An image is replaced by its alternative text, unless it is an SVG of this server.
 */
const markdown = new MarkdownIt({ html: false, linkify: true })

/** A relative link from a document in the repository to the folder `public`. */
const ownDrawing = /^(?:\.\.\/)*public\/([\w-]+\.svg)$/

const { rules } = markdown.renderer

// Wide content scrolls in its own focusable container, for keyboard users.
rules.table_open = () => '<div class="scroll" role="group" aria-label="Table" tabindex="0"><table>\n'
rules.table_close = () => '</table></div>\n'
rules.image = (tokens, index) => {
  const description = escapeHtml(tokens[index]?.content ?? '')
  const drawing = ownDrawing.exec(String(tokens[index]?.attrGet('src')))?.[1]
  return drawing === undefined ? description : `<img src="/assets/${drawing}" alt="${description}">`
}
for (const name of ['fence', 'code_block'] as const) {
  const render = rules[name]
  rules[name] = (...args) => render?.(...args).replace(/^<pre>/, '<pre tabindex="0">') ?? ''
}

/** From this number of second-level headings on, a table of contents precedes the first. */
const minSections = 4

/** @param resolveLink maps a link's href; undefined keeps only the link's text */
export function renderMarkdown(text: string, resolveLink: (href: string) => string | undefined): string {
  const headingId = createHeadingIds()
  const env = {}
  const tokens = markdown.parse(text, env)
  const sections: string[] = []
  let start = 0
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'inline' && token.children) token.children = resolveLinks(token.children, resolveLink)
    // A header cell without text has nothing to announce.
    if (token.type === 'th_open' && tokens[index + 1]?.content === '')
      for (const cell of tokens.slice(index, index + 3)) cell.tag = 'td'
    if (token.type !== 'heading_open') continue
    const title = textOf(tokens[index + 1]?.children ?? [])
    const name = headingId(title)
    // The title needs no fragment.
    if (name === '' || token.tag === 'h1') continue
    token.attrSet('id', name)
    if (token.tag !== 'h2' || token.level > 0) continue
    if (sections.length === 0) start = index
    sections.push(`<li><a href="#${name}">${escapeHtml(title)}</a></li>`)
  }
  const render = (part: Token[]) => markdown.renderer.render(part, markdown.options, env)
  if (sections.length < minSections) return render(tokens)
  const contents = `<nav class="contents" aria-label="On this page"><p>On this page</p><ul>${sections.join('\n')}</ul></nav>\n`
  return render(tokens.slice(0, start)) + contents + render(tokens.slice(start))
}

/** Renders one line of untrusted Markdown without its links. */
export function renderInline(line: string): string {
  const env = {}
  const tokens = markdown.parseInline(line, env).flatMap(({ children }) => children ?? [])
  return markdown.renderer.renderInline(
    resolveLinks(tokens, () => undefined),
    markdown.options,
    env,
  )
}

const textOf = (tokens: readonly Token[]): string =>
  tokens.map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : '')).join('')

function resolveLinks(tokens: readonly Token[], resolveLink: (href: string) => string | undefined): Token[] {
  let dropped = false
  return tokens.filter((token) => {
    if (token.type === 'link_close') return !dropped
    if (token.type !== 'link_open') return true
    const href = resolveLink(String(token.attrGet('href')))
    dropped = href === undefined
    if (href !== undefined) token.attrSet('href', href)
    return !dropped
  })
}
