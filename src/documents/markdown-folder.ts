import { readFile as readFileWithCallback } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { parse as parseYaml } from 'yaml'
import { z } from 'zod'
import { maxTextLength, type NewDocument } from './document.ts'
import { documentIdOf } from './document-id.ts'

/** Two thirds of the processor time of its namesake in `fs/promises`, which makes a handle for each file. */
const readFile = promisify(readFileWithCallback)

/** Names the file and what is wrong with it, in words for the person who ingests it. */
export class MarkdownError extends Error {
  override readonly name = 'MarkdownError'
  constructor(file: string, reason: string, options?: ErrorOptions) {
    super(`${file}: ${reason}`, options)
  }
}

/** Paths of all Markdown files below `folder`, relative to it, with `/`, in order. Links are not followed. */
export async function listMarkdownFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new MarkdownError(
        folder,
        error.code === 'ENOENT'
          ? 'no such folder'
          : error.code === 'ENOTDIR'
            ? 'not a folder'
            : error.message,
      )
    },
  )
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length).replaceAll('\\', '/'))
    .filter((path) => !path.split('/').some((part) => part.startsWith('.') || part === 'node_modules'))
    .sort()
  if (files.length === 0) throw new MarkdownError(folder, 'no Markdown files (*.md) in this folder')
  return files
}

/**
 * Reads one file below `folder` as a document. The title is the front matter's or the first heading;
 * the id comes from the path, so that the same file is always the same document.
 * @throws MarkdownError
 */
export async function readMarkdown(folder: string, path: string, idPrefix = ''): Promise<NewDocument> {
  const bytes = await readFile(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
    throw new MarkdownError(path, error.code === 'EACCES' ? 'no permission to read it' : error.message)
  })
  const { frontMatter, text } = splitFrontMatter(path, decodeUtf8(path, bytes))
  if (text.trim() === '') throw new MarkdownError(path, 'it is empty')
  if (text.length > maxTextLength)
    throw new MarkdownError(
      path,
      `it has more than ${maxTextLength.toLocaleString('en')} characters; split it`,
    )
  const title = frontMatter.title ?? /^#{1,6}\s+(.+?)\s*#*\s*$/m.exec(text)?.[1] ?? basename(path, '.md')
  return {
    id: documentIdOf(path, idPrefix),
    title: title.slice(0, 300),
    text,
    tags: frontMatter.tags,
    ...(frontMatter.url === undefined ? {} : { url: frontMatter.url }),
    source: path,
  }
}

function decodeUtf8(path: string, bytes: Buffer): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new MarkdownError(path, 'it is not UTF-8 text', { cause: error })
  }
  if (text.includes('\0')) throw new MarkdownError(path, 'it holds a NUL character, so it is not text')
  return text.replace(/\r\n?/g, '\n')
}

const FrontMatter = z
  .object({
    title: z.string().trim().min(1).optional(),
    tags: z.array(z.coerce.string().trim().min(1).max(50)).max(20).default([]),
    url: z.url({ protocol: /^https?$/ }).optional(),
  })
  .prefault({})

function splitFrontMatter(
  path: string,
  content: string,
): { frontMatter: z.output<typeof FrontMatter>; text: string } {
  const match = /^---\n([\s\S]*?)\n---(?:\n|$)/.exec(content)
  if (match === null) return { frontMatter: FrontMatter.parse({}), text: content }
  let values: unknown
  try {
    values = parseYaml(match[1] ?? '') ?? {}
  } catch (error) {
    throw new MarkdownError(path, 'its front matter is not YAML', { cause: error })
  }
  const result = FrontMatter.safeParse(values)
  if (!result.success) {
    const [issue] = result.error.issues
    throw new MarkdownError(
      path,
      `its front matter is wrong at "${issue?.path.join('.')}": ${issue?.message}`,
    )
  }
  return { frontMatter: result.data, text: content.slice(match[0].length) }
}
