export type Era = 'modern' | 'legacy'

/** Who calls: how a client names itself, and which revision of the protocol it speaks. */
export interface Visitor {
  readonly name: string
  readonly version: string
  readonly era: Era
  /** Keeps a subscriptions/listen stream open as long as it is there; a thing of the modern era. */
  readonly listens?: boolean
}

/** Clients that people use, under the names they send, and some that nobody has heard of. */
const visitors: readonly Visitor[] = [
  { name: 'claude-code', version: '3.1.0', era: 'modern', listens: true },
  { name: 'cursor-vscode', version: '2.4.1', era: 'legacy' },
  { name: 'Visual Studio Code', version: '1.131.0', era: 'modern' },
  { name: 'nightly-report', version: '0.0.1', era: 'legacy' },
  { name: 'openai-mcp', version: '1.0.0', era: 'modern' },
  { name: 'mcp-inspector', version: '0.30.0', era: 'modern', listens: true },
  { name: "Grandmother's kitchen robot 🍲", version: 'v2 (final) (really)', era: 'modern' },
  { name: 'windsurf', version: '1.20.0', era: 'legacy' },
  { name: 'zed', version: '0.240.0', era: 'modern' },
  { name: 'gemini-cli', version: '0.40.0', era: 'legacy' },
]

/** The visitor of a place in the line; after the last one they come again. */
export function visitorAt(index: number): Visitor {
  const visitor = visitors[index % visitors.length]
  if (visitor === undefined) throw new RangeError(`${index} is no place in a line.`)
  return visitor
}
