/** What a page consists of: enough of HTML to see what in it is not ours. The text of `style` is left out. */
export interface PageParts {
  readonly tags: ReadonlySet<string>
  readonly attributes: ReadonlySet<string>
  readonly links: readonly string[]
}

export function partsOf(html: string): PageParts {
  const tags = new Set<string>()
  const attributes = new Set<string>()
  const links: string[] = []
  const withoutStyle = html.replace(/<style>[^<]*<\/style>/g, '')
  // Whatever follows a "<" that is not written as an entity is a tag, or is taken for one by a browser.
  for (const [, tag = '', rest = ''] of withoutStyle.matchAll(/<([^\s>/]*\/?[^\s>/]*)([^>]*)>?/g)) {
    tags.add(tag.replace('/', '').toLowerCase())
    for (const [, name = '', quoted = '', bare = ''] of rest.matchAll(/([^\s=/"]+)(?:="([^"]*)"|=(\S+))?/g)) {
      attributes.add(name.toLowerCase())
      if (name.toLowerCase() === 'href') links.push(quoted || bare)
    }
  }
  return { tags, attributes, links }
}
