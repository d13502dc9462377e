const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['#039', "'"],
  ['nbsp', ' '],
])

/** Excerpts have a few hundred characters; the patterns below are quadratic for unclosed tags. */
const maxLength = 5_000

/** Converts a Wikipedia excerpt to text: `<span class="searchmatch">` becomes `**`, other tags are removed. */
export function plainExcerpt(html: string): string {
  return html
    .slice(0, maxLength)
    .replace(/<span class="searchmatch">(.*?)<\/span>/g, '**$1**')
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities.get(name) ?? whole)
    .replace(/\s+/g, ' ')
    .trim()
}
