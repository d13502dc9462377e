/** Kinds of documents, in the order of the index page. `document_kind` in the migrations has the same list. */
export const kinds = [
  'tutorial',
  'how-to',
  'reference',
  'explanation',
  'guide',
  'runbook',
  'decision',
  'other',
] as const

export type Kind = (typeof kinds)[number]

/** The kind that `document_kind` returns. */
export const kindOf = (tags: readonly string[]): Kind => kinds.find((kind) => tags.includes(kind)) ?? 'other'

export const isKind = (value: unknown): value is Kind => kinds.some((kind) => kind === value)
