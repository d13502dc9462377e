const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['#039', "'"],
  ['nbsp', ' '],
])

/** An excerpt has a few hundred characters. The patterns below take time by the square of the length where tags don't end. */
const maxLength = 5_000

/** An excerpt of Wikipedia's is HTML with `<span class="searchmatch">` around matches: matches become `**`, all other tags go. */
export function plainExcerpt(html: string): string {
  return html
    .slice(0, maxLength)
    .replace(/<span class="searchmatch">(.*?)<\/span>/g, '**$1**')
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities.get(name) ?? whole)
    .replace(/\s+/g, ' ')
    .trim()
}
