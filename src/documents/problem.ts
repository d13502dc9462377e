/** A finding about one file, for the person who runs the ingest. */
export interface Problem {
  /** Relative to the ingested folder. */
  readonly path: string
  /** Starts at 1; absent if the problem concerns the whole file. */
  readonly line?: number | undefined
  readonly reason: string
}

/** `notes/a.md:3: reason`. Names may contain terminal escape sequences, so control characters are escaped. */
export function describeProblem({ path, line, reason }: Problem): string {
  const text = `${path}${line === undefined ? '' : `:${line}`}: ${reason}`
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
}

/** Makes one file unusable. */
export class MarkdownError extends Error {
  override readonly name = 'MarkdownError'
  readonly line: number | undefined

  constructor(reason: string, line?: number) {
    super(reason)
    this.line = line
  }
}

/** Ends the load; the message is for the person who runs it. */
export class IngestError extends Error {
  override readonly name = 'IngestError'
}
