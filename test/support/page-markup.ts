/** Markup of a page. Parses only enough HTML to detect injected markup. */
interface PageMarkup {
  readonly tags: ReadonlySet<string>
  readonly attributes: ReadonlySet<string>
  readonly links: readonly string[]
}

function markupOf(html: string): PageMarkup {
  const tags = new Set<string>()
  const attributes = new Set<string>()
  const links: string[] = []
  // Browsers take any text after an unescaped "<" for a tag.
  for (const [, tag = '', rest = ''] of html.matchAll(/<([^\s>/]*\/?[^\s>/]*)([^>]*)>?/g)) {
    tags.add(tag.replace('/', '').toLowerCase())
    for (const [, name = '', quoted = '', bare = ''] of rest.matchAll(/([^\s=/"]+)(?:="([^"]*)"|=(\S+))?/g)) {
      attributes.add(name.toLowerCase())
      if (name.toLowerCase() === 'href') links.push(quoted || bare)
    }
  }
  return { tags, attributes, links }
}

/** Files of the server that a page loads. */
const ownFiles =
  /^(?:<link rel="(?:icon|stylesheet)" href="\/assets\/[\w.-]+"(?: type="image\/svg\+xml")?>|<script type="module" src="\/assets\/documents\.js"><\/script>)$/gm

/** Header of the document pages. The breadcrumb may contain text of a document, so it remains. */
const pageHeader = new RegExp(
  [
    '^<header>',
    '<nav class="trail" aria-label="Breadcrumb">(<ol>.*</ol>)</nav>',
    '<form role="search" aria-label="Documents" data-server="[\\w-]+" data-version="[\\w.-]+">',
    '<label class="visually-hidden" for="query">Search the documents</label>',
    '<input type="search" id="query" placeholder="Search documents" required maxlength="1000" autocomplete="off">',
    '<button type="submit" class="primary">Search</button>',
    '',
    '</form>',
    '<noscript><p class="notice">Search requires JavaScript. <a href="/documents">All documents</a></p></noscript>',
    '<output class="verdict" aria-live="polite" for="query"></output>',
    '<ol class="hits" aria-label="Search results" hidden></ol>',
    '</header>$',
  ].join('\n'),
  'm',
)

/** Table of contents of a document. */
const contents = /<nav class="contents" aria-label="On this page">(.*?)<\/nav>/s

/** Markup that the server's pages use in the rest of a page; anything else came from a document. */
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
  const { tags, attributes, links } = markupOf(
    html.replace(ownFiles, '').replace(pageHeader, '$1').replace(contents, '$1'),
  )
  return [
    ...[...tags].filter((tag) => !allowedTags.has(tag)).map((tag) => `<${tag}>`),
    ...[...attributes].filter((name) => !allowedAttributes.has(name)).map((name) => `attribute ${name}`),
    ...links.filter((link) => !allowedLink.test(link)).map((link) => `link ${link.slice(0, 60)}`),
  ]
}
