const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#039': "'", nbsp: ' ' }

/** An excerpt of Wikipedia's is HTML with `<span class="searchmatch">` around matches: matches become `**`, all other tags go. */
export function plainExcerpt(html: string): string {
  return html
    .replace(/<span class="searchmatch">(.*?)<\/span>/g, '**$1**')
    .replace(/<[^>]*>/g, '')
    .replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
    .replace(/\s+/g, ' ')
    .trim()
}
