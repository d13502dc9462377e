import type { Dirent } from 'node:fs'
import { access, constants, readdir, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, relative, sep } from 'node:path'
import { createLeftOut, type LeftOut } from './left-out.ts'
import { isLeftOut, isMarkdownName } from './markdown-name.ts'
import { describeProblem, IngestError, type Problem } from './problem.ts'
import { readFailure } from './read-failure.ts'

export interface MarkdownFolder {
  /** Sorted paths of the Markdown files, relative to the folder, with `/`. */
  readonly files: readonly string[]
  readonly unreadable: readonly Problem[]
  readonly leftOut: readonly LeftOut[]
}

/**
 * Finds the Markdown files below a folder. A link is followed if its target stays below the folder and is not
 * found under its own name, as in a mounted ConfigMap, whose links lead to hidden files.
 * @throws IngestError if the folder itself cannot be read or has no Markdown file
 */
export async function listMarkdownFiles(folder: string): Promise<MarkdownFolder> {
  const root = await realpath(folder).catch((error) => {
    throw new IngestError(`${folder}: ${error.code === 'ENOENT' ? 'no such folder' : error.message}`)
  })
  const files: string[] = []
  const unreadable: Problem[] = []
  const leftOut = createLeftOut()
  const pending = ['']
  const followed = new Set<string>()

  async function followLink(path: string): Promise<void> {
    const target = await realpath(join(root, path)).catch(() => undefined)
    const kind = target && (await stat(target).catch(() => undefined))
    if (target === undefined || !kind) return leftOut.add('broken links', path)
    if (!kind.isDirectory() && !isMarkdownName(path)) return leftOut.add('not Markdown', path)
    const steps = relative(root, target).split(sep)
    if (steps[0] === '..' || isAbsolute(steps.join(sep)))
      return leftOut.add('links that leave the folder', path)
    const isFound =
      !steps.some(isLeftOut) && (kind.isDirectory() || (kind.isFile() && isMarkdownName(steps.at(-1) ?? '')))
    if (isFound || followed.has(target)) return leftOut.add('links to loaded files', path)
    if (kind.isFile()) files.push(path)
    else if (kind.isDirectory()) {
      // Also ends loops of links.
      followed.add(target)
      pending.push(path)
    } else leftOut.add('not regular files', path)
  }

  async function visit(entry: Dirent, path: string): Promise<void> {
    if (isLeftOut(entry.name)) leftOut.add(entry.name.startsWith('.') ? 'hidden' : entry.name, path)
    else if (entry.isDirectory()) pending.push(path)
    else if (entry.isSymbolicLink()) await followLink(path)
    else if (!isMarkdownName(entry.name)) leftOut.add('not Markdown', path)
    else if (entry.isFile()) files.push(path)
    else leftOut.add('not regular files', path)
  }

  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const entries = await readFolder(join(root, path)).catch((error) => {
      if (path === '') throw new IngestError(`${folder}: ${readFailure(error, folder)}`)
      unreadable.push({ path: `${path}/`, reason: `folder skipped: ${readFailure(error, path ?? '')}` })
      leftOut.add('unreadable folders', `${path}/`)
      return []
    })
    for (const entry of entries) await visit(entry, path === '' ? entry.name : `${path}/${entry.name}`)
  }
  if (files.length === 0)
    throw new IngestError(
      [...unreadable, { path: folder, reason: 'no Markdown files (*.md, *.markdown, *.mdx) in this folder' }]
        .map(describeProblem)
        .join('\n'),
    )
  return { files: files.sort(), unreadable, leftOut: leftOut.all() }
}

async function readFolder(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  // Without the right to enter it, a folder lists names that cannot be read.
  await access(folder, constants.X_OK)
  return entries
}
