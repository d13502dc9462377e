const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['#039', "'"],
  ['nbsp', ' '],
])

/** Excerpts have a few hundred characters. */
const maxLength = 5_000

/**
 * Converts text with markup from Wikipedia: matches get `**`, tags are removed, entities are decoded first, so that an
 * encoded tag does not survive. Linear: no pattern reads past the next `<`.
 */
export function plainText(html: string): string {
  return html
    .slice(0, maxLength)
    .replace(/<span class="searchmatch">([^<]*)<\/span>/g, '**$1**')
    .replace(/&(#?\w{1,8});/g, (whole, name: string) => entities.get(name) ?? whole)
    .replace(/<\/?[a-zA-Z!][^<>]*>/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
