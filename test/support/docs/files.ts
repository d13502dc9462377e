/** Checks that the links, headings and files in documents exist. */
import { existsSync, statSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { commandsOf } from './commands.ts'
import { createsFile, type Doc, readDoc } from './doc.ts'
import type { ExternalNames, Problem } from './problem.ts'
import { hasPath, topFolders } from './repository.ts'

export function linkProblems(doc: Doc): Problem[] {
  return doc.links.flatMap(({ line, text }) => {
    const [, target = '', anchor] = /^([^#?]*)(?:#(.*))?$/.exec(text) ?? []
    // The URL check covers local URLs; nothing checks other sites, nor ../../actions, which GitHub resolves in a README.
    if (/^[a-z]+:|^\/|^\.\.\/\.\.\/actions\//.test(text)) return []
    const path = target === '' ? doc.file : join(dirname(doc.file), target)
    if (target !== '' && !existsSync(path))
      return [{ line, message: `links to ${text}, and there is no ${path}` }]
    if (anchor === undefined) return []
    const anchors =
      target === '' ? doc.anchors : statSync(path).isFile() ? readDoc(path).anchors : new Set<string>()
    return anchors.has(anchor)
      ? []
      : [{ line, message: `links to ${text}, and ${path} has no heading #${anchor}` }]
  })
}

/** Files outside of this repository. */
const external: ExternalNames = {
  '.vscode/mcp.json, .cursor/mcp.json, claude_desktop_config.json': "the reader's own settings",
  '.gemini/settings.json, settings.json, cline_mcp_settings.json': "the reader's own settings",
  '.continue/mcpServers/observable-mcp-server.yaml': "the reader's own settings",
  'deploy/kubernetes/overlays/production, deploy/kubernetes/overlays/production/namespace.yaml':
    'created by the reader',
  'test/e2e/count-words.test.ts': 'created by a command of the tutorial',
}
const externalNames = new Set(Object.keys(external).flatMap((names) => names.split(', ')))

const pathLike = /^(?:\.{1,2}\/)*[\w.@*{},-]+(?:\/[\w.@*{},-]+)*\/?$/
const projectExtension = /[^.]\.(?:ts|js|mjs|md|sql|sh|conf|ya?ml|json|css|svg|png)$/

export function fileProblems(doc: Doc): Problem[] {
  const words = commandsOf(doc).flatMap(({ line, words }) => words.map((text) => ({ line, text })))
  return [...doc.quotes, ...words]
    .map(({ line, text }) => ({ line, path: text.replace(/:\d+$/, '') }))
    .filter(({ path }) => pathLike.test(path) && !externalNames.has(path.replace(/\/$/, '')))
    .filter(({ path }) => !exists(path, doc))
    .concat(treeProblems(doc))
    .map(({ line, path }) => ({ line, message: `there is no ${path}` }))
}

/** Whether a path exists from the root or from the document. A text that is no path of this repository passes. */
function exists(path: string, doc: Doc): boolean {
  const [first = ''] = path.replace(/^\.\//, '').split('/')
  const isPath = path.includes('/')
  if (isPath && topFolders.has(first)) return hasPath(path) || createsFile(doc, path) || isShownIn(doc, path)
  if (!projectExtension.test(path)) return true
  if (path.startsWith('.') && !path.startsWith('..') && !isPath) return existsSync(path)
  const fromHere = posix.join(dirname(doc.file), path)
  return hasPath(fromHere) || hasPath(path.replace(/^(?:\.{1,2}\/)+/, ''), { anywhere: true })
}

/** Whether the document shows the content of the file for the reader to create. */
const isShownIn = ({ text }: Doc, path: string) =>
  text.includes(`\`\`\`ts\n// ${path}\n`) || text.includes(`\`${path}\`:\n\n\`\`\``)

/** Paths of folder trees (one name per line, two spaces per level) that do not exist. */
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
