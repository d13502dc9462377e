/** Markup of a page, without the server's own icon and stylesheet. Parses only enough HTML to detect injected markup. */
interface PageMarkup {
  readonly tags: ReadonlySet<string>
  readonly attributes: ReadonlySet<string>
  readonly links: readonly string[]
}

function markupOf(html: string): PageMarkup {
  const tags = new Set<string>()
  const attributes = new Set<string>()
  const links: string[] = []
  const ownFiles = /^<link rel="(?:icon|stylesheet)" href="\/assets\/[\w.-]+"(?: type="image\/svg\+xml")?>$/gm
  // Browsers take any text after an unescaped "<" for a tag.
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
/** Markup that the server's pages use; anything else came from a document. */
const allowedTags = new Set(
  '!doctype html head meta title body main footer div hr br p a em strong s code pre ul ol li blockquote h1 h2 h3 h4 h5 h6 table thead tbody tr th td'.split(
    ' ',
  ),
)
const allowedAttributes = new Set([
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
const allowedLink = /^(?:https?:\/\/|mailto:|ftp:|#|\/documents\/[\w.-]+(?:#|$)|(?!\s*[a-z][a-z0-9+.-]*:))/i

/** Tags, attributes and links that the server's pages do not use. */
export function unexpectedMarkup(html: string): string[] {
  const { tags, attributes, links } = markupOf(html)
  return [
    ...[...tags].filter((tag) => !allowedTags.has(tag)).map((tag) => `<${tag}>`),
    ...[...attributes].filter((name) => !allowedAttributes.has(name)).map((name) => `attribute ${name}`),
    ...links.filter((link) => !allowedLink.test(link)).map((link) => `link ${link.slice(0, 60)}`),
  ]
}
