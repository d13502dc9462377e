/** Parses a document into the fragments that the checks compare with the code. */
import { readFileSync } from 'node:fs'
import MarkdownIt from 'markdown-it'
import { createHeadingIds } from '../../../src/http/pages/heading-ids.ts'

/** Text of a document and its line, counted from 1. */
export interface Fragment {
  readonly line: number
  readonly text: string
}

export interface Block extends Fragment {
  readonly language: string
}

export interface Doc {
  readonly file: string
  readonly text: string
  /** Inline code. */
  readonly quotes: readonly Fragment[]
  /** Fenced code blocks. */
  readonly blocks: readonly Block[]
  /** All other text. */
  readonly prose: readonly Fragment[]
  /** Targets of links and images. */
  readonly links: readonly Fragment[]
  /** Anchors of the headings. */
  readonly anchors: ReadonlySet<string>
}

const markdown = new MarkdownIt({ html: true })

/** Whether the document shows a command that creates the file. */
export const createsFile = ({ text }: Doc, path: string): boolean => text.includes(`\nwrote ${path}\n`)

export const readDoc = (file: string): Doc => parseDoc(file, readFileSync(file, 'utf8'))

export function parseDoc(file: string, text: string): Doc {
  const quotes: Fragment[] = []
  const blocks: Block[] = []
  const prose: Fragment[] = []
  const links: Fragment[] = []
  const anchors = new Set<string>()
  const headingId = createHeadingIds()
  // Front matter is not Markdown; empty lines keep the line numbers.
  const source = text.replace(/^---\n[\s\S]*?\n---\n/, (lines) => lines.replaceAll(/[^\n]/g, ''))
  let row = 0
  let inHeading = false
  for (const token of markdown.parse(source, {})) {
    if (token.map) row = token.map[0]
    if (token.type === 'heading_open') inHeading = true
    if (token.type === 'fence')
      blocks.push({ line: row + 2, text: token.content, language: token.info.trim() })
    if (token.type !== 'inline') continue
    let line = row + 1
    let heading = ''
    for (const child of token.children ?? []) {
      const { type, content } = child
      if (type === 'softbreak' || type === 'hardbreak') line++
      if (type === 'code_inline') quotes.push({ line, text: content })
      if (type === 'text') prose.push({ line, text: content })
      const target = child.attrGet(type === 'image' ? 'src' : 'href')
      if (target !== null) links.push({ line, text: decodeURI(String(target)) })
      if (type === 'text' || type === 'code_inline') heading += content
    }
    if (inHeading) anchors.add(headingId(heading))
    inHeading = false
  }
  return { file, text, quotes, blocks, prose, links, anchors }
}
