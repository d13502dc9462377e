/** What a page consists of: enough of HTML to see what in it is not ours. Files of our own that a page loads are left out. */
interface PageParts {
  readonly tags: ReadonlySet<string>
  readonly attributes: ReadonlySet<string>
  readonly links: readonly string[]
}

function partsOf(html: string): PageParts {
  const tags = new Set<string>()
  const attributes = new Set<string>()
  const links: string[] = []
  const ownFiles = /^<link rel="(?:icon|stylesheet)" href="\/assets\/[\w.-]+"(?: type="image\/svg\+xml")?>$/gm
  // Whatever follows a "<" that is not written as an entity is a tag, or is taken for one by a browser.
  for (const [, tag = '', rest = ''] of html
    .replace(ownFiles, '')
    .matchAll(/<([^\s>/]*\/?[^\s>/]*)([^>]*)>?/g)) {
    tags.add(tag.replace('/', '').toLowerCase())
    for (const [, name = '', quoted = '', bare = ''] of rest.matchAll(/([^\s=/"]+)(?:="([^"]*)"|=(\S+))?/g)) {
      attributes.add(name.toLowerCase())
      if (name.toLowerCase() === 'href') links.push(quoted || bare)
    }
  }
  return { tags, attributes, links }
}
/** All that a page of ours may have; anything else came from a document. */
const ownTags = new Set(
  '!doctype html head meta title body main footer div hr br p a em strong s code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td'.split(
    ' ',
  ),
)
const ownAttributes = new Set([
  'html',
  'lang',
  'charset',
  'name',
  'content',
  'class',
  'href',
  'id',
  'title',
  'style',
  'start',
  'tabindex',
  'role',
  'aria-label',
])
const ownLink = /^(?:https?:\/\/|mailto:|ftp:|#|\/documents\/[\w.-]+(?:#|$)|(?!\s*[a-z][a-z0-9+.-]*:))/i

/** Tags, attributes and links that are not ours. */
export function foreignParts(html: string): string[] {
  const { tags, attributes, links } = partsOf(html)
  return [
    ...[...tags].filter((tag) => !ownTags.has(tag)).map((tag) => `<${tag}>`),
    ...[...attributes].filter((name) => !ownAttributes.has(name)).map((name) => `attribute ${name}`),
    ...links.filter((link) => !ownLink.test(link)).map((link) => `link ${link.slice(0, 60)}`),
  ]
}
