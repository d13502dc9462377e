/** The tool that drills call, if a drill does not name another one: the only file of this folder that knows it. */
export const calledTool = {
  name: 'echo',
  /** @param text is different each time, so that no cache has the answer */
  argumentsOf: (text: string): Record<string, unknown> => ({ text }),
  /** Whether its calls fail without the database. */
  needsDatabase: false,
}
