/** This project's own documents, with which the migration job fills an empty server. */

/** The folder they are in, relative to the project. */
export const ownFolder = 'docs'

/** Those beside it, where repositories have them by custom; not each has all of them. */
export const besideOwnFolder: readonly string[] = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md']
