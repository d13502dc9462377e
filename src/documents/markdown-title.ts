import MarkdownIt, { type Token } from 'markdown-it'
import { oneLine } from './front-matter-fields.ts'

const markdown = new MarkdownIt({ html: true })

/** Most titles are in the first part; parsing more is only necessary without one or for reference links. */
const parsedLengths = [100, 100_000]
/** Bounds the inline parser; a title keeps 300 characters. */
const maxSourceLength = 5_000

/** Text of the first heading: ATX, Setext or HTML. Undefined if there is none outside code, quotes and lists. */
export function titleOf(text: string): string | undefined {
  for (const length of parsedLengths) {
    const isWhole = text.length <= length || length === parsedLengths.at(-1)
    // Cut after a line, so that no heading is cut.
    const part = text.length <= length ? text : text.slice(0, text.lastIndexOf('\n', length) + 1)
    const env: Record<string, unknown> = {}
    const tokens: Token[] = []
    markdown.block.parse(part, markdown, env, tokens)
    for (const source of tokens.flatMap(headingSource)) {
      // A reference link is defined further down.
      if (!isWhole && source.includes('[')) break
      const title = inlineText(source, env)
      if (title !== '') return title
    }
  }
  return undefined
}

/** The inline source of a heading, or nothing. */
function headingSource({ type, level, content }: Token, index: number, tokens: Token[]): string[] {
  if (type === 'inline' && level === 1 && tokens[index - 1]?.type === 'heading_open')
    return [content.slice(0, maxSourceLength)]
  if (type !== 'html_block' || level > 0) return []
  const html = content.slice(0, maxSourceLength).replace(/<!--[\s\S]*?(?:-->|$)/g, '')
  const [, heading] = /<h[1-6](?:\s[^<>]*)?>([\s\S]*?)<\/h[1-6]>/i.exec(html) ?? []
  return heading === undefined ? [] : [heading]
}

/** The text without markup; images, often badges, count only if there is nothing else. */
function inlineText(source: string, env: Record<string, unknown>): string {
  const tokens = markdown.parseInline(source, env).flatMap(({ children }) => children ?? [])
  const textOf = (token: Token): string =>
    token.type === 'text' || token.type === 'code_inline'
      ? token.content
      : /break$/.test(token.type)
        ? ' '
        : ''
  const text = tokens.map(textOf).join('')
  const images = tokens.filter(({ type }) => type === 'image').map(({ content }) => content)
  // Hugo and Docusaurus write `# Title {#id}`.
  return oneLine(text).replace(/ ?\{#[^{}]*\}$/, '') || oneLine(images.join(' '))
}
