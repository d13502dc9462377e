import { lstatSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'

type Replace = (part: string) => string

interface Text {
  readonly text: string
  /** The text with its names replaced, where they are the project's. */
  renamed(replace: Replace): string
}

/** By path, relative to the checkout. */
export type Texts = Map<string, Text>

/** @param paths as `git ls-files -z` writes them */
export function readTexts(root: string, paths: string): Texts {
  const texts: Texts = new Map()
  for (const path of paths.split('\0').filter(Boolean)) {
    // The notice must stay in all copies, says the license itself.
    if (path === 'LICENSE' || !lstatSync(join(root, path), { throwIfNoEntry: false })?.isFile()) continue
    const text = readFileSync(join(root, path), 'utf8')
    if (text.includes('\0')) continue
    const way = ways[basename(path)] ?? whole
    texts.set(path, { text, renamed: (replace) => way(text, replace) })
  }
  return texts
}

const whole = (text: string, replace: Replace): string => replace(text)

/** Packages of others may have our name in theirs. */
function manifest(text: string, replace: Replace): string {
  const json = JSON.parse(text) as { name: string; description?: string; packages?: { '': { name: string } } }
  json.name = replace(json.name)
  if (json.description) json.description = replace(json.description)
  if (json.packages) json.packages[''].name = json.name
  return `${JSON.stringify(json, null, 2)}\n`
}

/** Versions that are released were called what they were called. */
function changelog(text: string, replace: Replace): string {
  const released = text.search(/^## \[\d/m)
  return released < 0 ? replace(text) : replace(text.slice(0, released)) + text.slice(released)
}

const ways: Readonly<Record<string, (text: string, replace: Replace) => string>> = {
  'package.json': manifest,
  'package-lock.json': manifest,
  'CHANGELOG.md': changelog,
}
