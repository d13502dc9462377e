/** Whether links, headings and files that documents name are there. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { commandsOf } from './commands.ts'
import { type Doc, readDoc } from './doc.ts'
import type { Foreign, Problem } from './problem.ts'
import { hasPath, topFolders } from './repository.ts'

export function linkProblems(doc: Doc): Problem[] {
  return doc.links.flatMap(({ line, text }) => {
    const [, target = '', anchor] = /^([^#?]*)(?:#(.*))?$/.exec(text) ?? []
    // Addresses on this machine are judged as such; those elsewhere are outside this repository, as is ../../actions,
    // which leads from a README on GitHub to the actions of the fork that shows it.
    if (/^[a-z]+:|^\/|^\.\.\/\.\.\/actions\//.test(text)) return []
    const path = target === '' ? doc.file : join(dirname(doc.file), target)
    if (target !== '' && !existsSync(path))
      return [{ line, what: `links to ${text}, and there is no ${path}` }]
    if (anchor === undefined) return []
    const anchors =
      target === '' ? doc.anchors : statSync(path).isFile() ? readDoc(path).anchors : new Set<string>()
    return anchors.has(anchor)
      ? []
      : [{ line, what: `links to ${text}, and ${path} has no heading #${anchor}` }]
  })
}

/** Files that documents name and that are not of this repository. */
const foreign: Foreign = {
  '.vscode/mcp.json, .cursor/mcp.json': 'of the reader, in a project of theirs',
  'deploy/kubernetes/overlays/production, deploy/kubernetes/overlays/production/namespace.yaml':
    'to be made by the reader',
}
const foreignNames = new Set(Object.keys(foreign).flatMap((names) => names.split(', ')))

const pathLike = /^(?:\.{1,2}\/)*[\w.@*{},-]+(?:\/[\w.@*{},-]+)*\/?$/
const ownExtension = /[^.]\.(?:ts|js|mjs|md|sql|sh|conf|ya?ml|json|css|svg|png)$/

export function fileProblems(doc: Doc): Problem[] {
  const words = commandsOf(doc).flatMap(({ line, words }) => words.map((text) => ({ line, text })))
  return [...doc.quotes, ...words]
    .map(({ line, text }) => ({ line, path: text.replace(/:\d+$/, '') }))
    .filter(({ path }) => pathLike.test(path) && !foreignNames.has(path.replace(/\/$/, '')))
    .filter(({ path }) => !exists(path, doc))
    .concat(treeProblems(doc))
    .map(({ line, path }) => ({ line, what: `there is no ${path}` }))
}

/** Whether a path is there, from the top or from the document; what looks like no path of ours counts as there. */
function exists(path: string, { file, text }: Doc): boolean {
  const [first = ''] = path.replace(/^\.\//, '').split('/')
  const isPath = path.includes('/')
  if (isPath && topFolders.has(first)) return hasPath(path) || isShownIn(text, path)
  if (!ownExtension.test(path)) return true
  if (path.startsWith('.') && !path.startsWith('..') && !isPath) return existsSync(path)
  const fromHere = posix.join(dirname(file), path)
  return hasPath(fromHere) || hasPath(path.replace(/^(?:\.{1,2}\/)+/, ''), { anywhere: true })
}

/** Whether the document has its reader write the file, and shows what is to be in it. */
const isShownIn = (text: string, path: string) =>
  text.includes(`\`\`\`ts\n// ${path}\n`) || text.includes(`\`${path}\`:\n\n\`\`\``)

/** A tree of folders, one name a line, two spaces a level. */
function treeProblems({ blocks }: Doc): { line: number; path: string }[] {
  return blocks.flatMap(({ line, text }) => {
    const rows = text.split('\n')
    if (!/^[\w.-]+\/(?:\s|$)/.test(rows[0] ?? '')) return []
    const parents: string[] = []
    return rows.flatMap((row, index) => {
      const [, indent = '', name = ''] = /^( *)([\w.*-]+\/?)(?:\s{2,}|$)/.exec(row) ?? []
      if (name === '') return []
      const depth = indent.length / 2
      parents.length = depth
      const path = parents.join('') + name
      parents[depth] = name
      return hasPath(path) ? [] : [{ line: line + index, path }]
    })
  })
}
