import type { Kind } from './kind.ts'

/** The authored part of a {@link Document}; the store adds the rest. */
export interface NewDocument {
  readonly id: string
  readonly title: string
  /** Markdown. */
  readonly text: string
  readonly tags: readonly string[]
  /** Canonical URL, if the document is published elsewhere. */
  readonly url?: string
  /** Path relative to the ingested folder, or the name of the tool that added it. */
  readonly source: string
}

export interface Document extends Omit<NewDocument, 'url'> {
  /** Canonical URL, or the document's page on this server. Never empty. */
  readonly url: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface SearchHit {
  readonly id: string
  readonly title: string
  readonly url: string
  /** The best matching passage, as plain text. */
  readonly snippet: string
}

export interface SearchAnswer {
  /** Best first. */
  readonly hits: readonly SearchHit[]
  /** Tells the caller about corrected words, partial matches and words that were left out. */
  readonly note?: string
}

/** A listing entry: a document without its text. */
export interface DocumentSummary {
  readonly id: string
  readonly title: string
  /** Size of the text in bytes. */
  readonly size: number
  readonly updatedAt: Date
}

/** An entry of the index page: a document with the start of its text. */
export interface DocumentEntry extends Pick<Document, 'id' | 'title' | 'tags'> {
  readonly kind: Kind
  readonly beginning: string
}

/** Maximum characters of a document's text. */
export const maxTextLength = 1_000_000
