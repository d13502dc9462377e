import { projectPath } from '../config/environment.ts'
import type { NewDocument } from './document.ts'
import { readMarkdown } from './markdown-file.ts'
import { ownFolder } from './own-documents.ts'

/** Reads a runbook of this project from its file, because its alert may fire while the store is unavailable. */
export async function readOwnRunbook(id: string): Promise<NewDocument | undefined> {
  const [, name] = /^runbooks\.([a-z0-9-]+)$/.exec(id) ?? []
  if (name === undefined) return undefined
  const file = await readMarkdown(projectPath(ownFolder), `runbooks/${name}.md`).catch(() => undefined)
  return file && { ...file.document, id }
}
