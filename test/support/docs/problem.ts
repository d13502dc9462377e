import type { Doc } from './doc.ts'

/** A reference in a document to something that does not exist. */
export interface Problem {
  readonly line: number
  readonly message: string
}

export type Check = (doc: Doc) => Problem[]

/** Names that documents mention and that this repository does not define: comma-separated names and their origin. */
export type ExternalNames = Readonly<Record<string, string>>
