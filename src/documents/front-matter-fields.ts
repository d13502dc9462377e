import { z } from 'zod'
import { isKind } from './kind.ts'

export interface Fields {
  readonly title?: string
  readonly url?: string
  readonly tags: readonly string[]
  /** Values that were left out, and why. */
  readonly warnings: readonly string[]
}

const maxTags = 20
const maxTagLength = 50
const WebUrl = z.url({ protocol: /^https?$/ })

/** Reads the fields that a document has; other keys belong to other tools. */
export function readFields(values: Readonly<Record<string, unknown>>): Fields {
  const warnings: string[] = []
  const leaveOut = (key: string, reason: string) => void warnings.push(`"${key}" left out: ${reason}`)

  const title = textOf(values.title)
  if (title === undefined) leaveOut('title', 'it must be text')

  const url = textOf(values.url)
  const isUrl = url === '' || WebUrl.safeParse(url).success
  if (!isUrl) leaveOut('url', 'it must be an http or https URL')

  const tags = new Set<string>()
  for (const value of listOf(values.tags)) {
    const tag = textOf(value)
    if (tag === undefined) leaveOut('tags', 'a tag must be text')
    else if (tag.length > maxTagLength) leaveOut('tags', `a tag exceeds ${maxTagLength} characters`)
    else if (tag !== '') tags.add(tag)
  }
  if (tags.size > maxTags) leaveOut('tags', `only the first ${maxTags} of ${tags.size} are kept`)
  const kept = [...tags].slice(0, maxTags)
  // The kind is stored as a tag. Other tools give this field other values.
  const { kind } = values
  return {
    ...(title ? { title } : {}),
    ...(url && isUrl ? { url } : {}),
    tags: isKind(kind) && !tags.has(kind) ? [...kept, kind] : kept,
    warnings,
  }
}

/** `tags: ops, db` is a list, too. */
function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [value]
}

/** One line of text, empty for null; undefined for a list or mapping. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return ''
  if (value instanceof Date) return value.toISOString()
  return typeof value === 'object' ? undefined : oneLine(String(value))
}

/** Also replaces what Postgres cannot store: NUL characters and lone surrogates, which YAML can escape. */
export const oneLine = (text: string): string =>
  text
    .replace(/\p{Cs}/gu, '\uFFFD')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
