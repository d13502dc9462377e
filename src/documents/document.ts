/** What an author writes; the rest of a {@link Document} is made by the store. */
export interface NewDocument {
  readonly id: string
  readonly title: string
  /** Markdown. */
  readonly text: string
  readonly tags: readonly string[]
  /** Where the document really lives, if not on this server. */
  readonly url?: string
  /** A path below an ingested folder, or the name of the tool that added it. */
  readonly source: string
}

export interface Document extends Omit<NewDocument, 'url'> {
  /** The document's own address if it has one, else its page on this server. Never empty. */
  readonly url: string
  readonly createdAt: Date
  readonly updatedAt: Date
}

export interface SearchHit {
  readonly id: string
  readonly title: string
  readonly url: string
  /** The best matching passages, matches between `**`. */
  readonly snippet: string
}

/** One entry of a listing: a document without its text. */
export interface DocumentSummary {
  readonly id: string
  readonly title: string
  /** Size of the text in bytes. */
  readonly size: number
  readonly updatedAt: Date
}

/** Characters of text a document may have. */
export const maxTextLength = 1_000_000
