import type { Doc } from './doc.ts'

/** Something that a document says and that is not so. */
export interface Problem {
  readonly line: number
  readonly what: string
}

export type Check = (doc: Doc) => Problem[]

/** What documents mention and this project neither has nor makes: the name, and whose it is. */
export type Foreign = Readonly<Record<string, string>>
