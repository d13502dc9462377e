/** This project's documentation, which the migration job loads. */

/** Relative to the project. */
export const ownFolder = 'docs'

/** Documents in the project's root; missing ones are skipped. */
export const ownSiblings: readonly string[] = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md']
