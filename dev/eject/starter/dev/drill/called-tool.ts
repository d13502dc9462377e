/** The tool that drills call by default: the only file of this folder that depends on the domain. */
export const calledTool = {
  name: 'echo',
  /** @param text is unique, so that no call hits the cache */
  argumentsOf: (text: string): Record<string, unknown> => ({ text }),
  /** Whether its calls fail without the database. */
  needsDatabase: false,
}
