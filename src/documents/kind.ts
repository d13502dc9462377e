/** Headings of the kinds, in the order of the index page. `document_kind` in the migrations has the same list. */
export const kindHeadings = {
  tutorial: 'Tutorials',
  'how-to': 'How-to guides',
  reference: 'Reference',
  explanation: 'Explanations',
  guide: 'Other guides',
  runbook: 'Runbooks',
  decision: 'Decisions',
  other: 'Other documents',
}

export type Kind = keyof typeof kindHeadings

export const kinds = Object.keys(kindHeadings) as Kind[]

/** The kind that `document_kind` returns. */
export const kindOf = (tags: readonly string[]): Kind => kinds.find((kind) => tags.includes(kind)) ?? 'other'

export const isKind = (value: unknown): value is Kind => kinds.some((kind) => kind === value)
