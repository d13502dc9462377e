/** The tool that drills call by default: the only file that depends on the domain, except for drills/documents.ts and drills/external-api.ts. */
export const calledTool = {
  name: 'search',
  /** @param text is unique, so that no call hits the cache */
  argumentsOf: (text: string): Record<string, unknown> => ({ query: text }),
  /** Whether its calls fail without the database. */
  needsDatabase: true,
}
