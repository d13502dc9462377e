import { readFile as readFileWithCallback, stat as statWithCallback } from 'node:fs'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { maxTextLength, type NewDocument } from './document.ts'
import { splitFrontMatter } from './front-matter.ts'
import { oneLine, readFields } from './front-matter-fields.ts'
import { withoutExtension } from './markdown-name.ts'
import { titleOf } from './markdown-title.ts'
import { MarkdownError, type Problem } from './problem.ts'
import { readFailure } from './read-failure.ts'

/** Fast path: a third less CPU time than `fs/promises`, which opens a FileHandle per file. */
const readFile = promisify(readFileWithCallback)
const stat = promisify(statWithCallback)

const maxTitleLength = 300
/** A larger file exceeds the maximum text in any encoding and is not read. */
const maxBytes = 4 * maxTextLength

export interface MarkdownFile {
  readonly document: Omit<NewDocument, 'id'>
  readonly warnings: readonly Problem[]
}

/**
 * Reads one file below `folder`. The title comes from the front matter, the first heading or the name.
 * @throws MarkdownError
 */
export async function readMarkdown(folder: string, path: string): Promise<MarkdownFile> {
  const content = decode(await readBytes(folder, path))
  const { values, text, warning } = splitFrontMatter(content)
  if (text.trim() === '')
    throw new MarkdownError(text === content ? 'the file is empty' : 'no text below the front matter')
  if (text.length > maxTextLength) throw tooLong()
  const { title, url, tags, warnings } = readFields(values)
  return {
    document: {
      title: cut(title ?? titleOf(text) ?? oneLine(withoutExtension(basename(path)))),
      text,
      tags,
      ...(url === undefined ? {} : { url }),
      source: path,
    },
    warnings: [...warnings, ...(warning === undefined ? [] : [warning])].map((reason) => ({ path, reason })),
  }
}

async function readBytes(folder: string, path: string): Promise<Buffer> {
  const file = join(folder, path)
  try {
    if ((await stat(file)).size > maxBytes) throw tooLong()
    return await readFile(file)
  } catch (error) {
    throw error instanceof MarkdownError
      ? error
      : new MarkdownError(readFailure(error as NodeJS.ErrnoException, path))
  }
}

const tooLong = () =>
  new MarkdownError(`the text exceeds ${maxTextLength.toLocaleString('en')} characters; split the file`)

/** UTF-8, or UTF-16 with a byte order mark, as editors on Windows write it. */
function decode(bytes: Buffer): string {
  const mark = bytes.toString('latin1', 0, 2)
  const encoding = mark === '\xFF\xFE' ? 'utf-16le' : mark === '\xFE\xFF' ? 'utf-16be' : 'utf-8'
  let text: string
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new MarkdownError(
      `not valid ${encoding.toUpperCase()}`,
      lineOf(new TextDecoder(encoding).decode(bytes), '\uFFFD'),
    )
  }
  const lines = text.replace(/\r\n?/g, '\n')
  if (lines.includes('\0')) throw new MarkdownError('contains a NUL character', lineOf(lines, '\0'))
  return lines
}

const lineOf = (text: string, character: string): number => text.split(character, 1).join().split('\n').length

/** Never splits a surrogate pair. */
const cut = (title: string): string => title.slice(0, maxTitleLength).replace(/[\uD800-\uDBFF]$/, '')
