/** Rules for one passage of Markdown, which may begin or end anywhere; each is linear in a short passage. */
const frontMatter = /^\ufeff?(---|\+\+\+)\n(?:\w[^\n]*\n|[ \t#-][^\n]*\n)*?\1[ \t]*(?:\n|$)/
const linesToRemove: readonly RegExp[] = [
  // Fences of code blocks.
  /^[ \t>]*(?:`{3,}|~{3,}).*$/gm,
  // Rules, underlines of headings, rows between the head and the body of a table.
  /^[ \t>]*[|:=*_-][|:=*_ \t-]*$/gm,
]
const lineStart = /^[ \t>]*(?:#{1,6}[ \t]+|(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?)?/gm
const link = /!?\[([^[\]]*)\](?:\(<?([^()\s>]*)>?(?:[ \t]+"[^"\n]*")?\)|\[[^[\]]*\])/g
const marks =
  /`+|~~|(?<![\w/*\\])\*{1,3}(?=[^\s*/])|(?<=[^\s*/\\])\*{1,3}(?![\w/*])|(?<!\w)_{1,3}(?=\w)|(?<=\w)_{1,3}(?!\w)/g

export interface PlainTextOptions {
  /** Whether front matter may precede the text; it is removed. */
  readonly isDocumentStart: boolean
  /** Keeps link addresses and text that looks like HTML. */
  readonly keepsAll: boolean
}

/** A passage of Markdown as text on one line. */
export function plainTextOf(markdown: string, { isDocumentStart, keepsAll }: PlainTextOptions): string {
  let text = isDocumentStart ? markdown.replace(frontMatter, '') : markdown
  for (const lines of linesToRemove) text = text.replace(lines, '')
  if (!keepsAll) text = text.replace(/<!--(?:(?!<!--)[^>])*-->|<\/?[a-zA-Z][^<>]*>/g, ' ')
  // Twice, for an image in a link.
  for (let round = 0; round < 2; round++)
    text = text.replace(link, (_, label: string, url = '') =>
      keepsAll && url !== '' ? `${label} ${url}` : label,
    )
  return text
    .replace(lineStart, '')
    .replace(/^\|?(.*)\|[ \t]*$/gm, (_, row: string) => row.trim().replace(/[ \t]*(?<!\\)\|[ \t]*/g, ', '))
    .replace(marks, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replace(/\s+/g, ' ')
    .trim()
}
