/** Markdown by its name, in any case; MDX is read as Markdown, so JSX stays in the text. */
const markdownName = /\.(?:md|markdown|mdx)$/i

export const isMarkdownName = (name: string): boolean => markdownName.test(name)

export const withoutExtension = (name: string): string => name.replace(markdownName, '')

/** Folders and files that are not entered: hidden ones and installed packages. */
export const isLeftOut = (name: string): boolean => name.startsWith('.') || name === 'node_modules'
