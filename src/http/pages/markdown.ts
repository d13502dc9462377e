import MarkdownIt, { type Token } from 'markdown-it'
import { createHeadingIds } from './heading-ids.ts'
import { escapeHtml } from './layout.ts'

/**
 * Renders Markdown that anybody may have written: HTML in it is shown as text, and links may only lead to
 * what markdown-it's `validateLink` allows (no `javascript:`). An image is its description, unless it is a drawing of
 * this server's own.
 */
const markdown = new MarkdownIt({ html: false, linkify: true })

/** A file of the folder `public`, as a document beside it in the repository links to it. */
const ownDrawing = /^(?:\.\.\/)+public\/([\w-]+\.svg)$/

const { rules } = markdown.renderer

// What may be wider than the page scrolls by itself, by keyboard too.
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

/** @param leadTo where a link is to lead, by where its author has it lead; without that only its text is shown */
export function renderMarkdown(text: string, leadTo: (href: string) => string | undefined): string {
  const headingId = createHeadingIds()
  const env = {}
  const tokens = markdown.parse(text, env)
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'inline' && token.children) token.children = withLinks(token.children, leadTo)
    if (token.type !== 'heading_open') continue
    const name = headingId(textOf(tokens[index + 1]?.children ?? []))
    // A page opens at its title anyway.
    if (name !== '' && token.tag !== 'h1') token.attrSet('id', name)
  }
  return markdown.renderer.render(tokens, markdown.options, env)
}

const textOf = (tokens: readonly Token[]): string =>
  tokens.map(({ type, content }) => (type === 'text' || type === 'code_inline' ? content : '')).join('')

function withLinks(tokens: readonly Token[], leadTo: (href: string) => string | undefined): Token[] {
  let dropped = false
  return tokens.filter((token) => {
    if (token.type === 'link_close') return !dropped
    if (token.type !== 'link_open') return true
    const href = leadTo(String(token.attrGet('href')))
    dropped = href === undefined
    if (href !== undefined) token.attrSet('href', href)
    return !dropped
  })
}
