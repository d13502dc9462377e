import { readFileSync } from 'node:fs'

/** Short facts written for this project, so that it works without a network. */
export type SampleArticle = {
  title: string
  description: string
  text: string
  /** Alternative names, like Wikipedia's redirects. */
  aliases?: string[]
}

/**
 * One hit of Wikipedia's REST search, without the fields that are not read:
 * https://www.mediawiki.org/wiki/API:REST_API/Reference#Search_pages
 */
export type SearchHit = {
  key: string
  title: string
  /** HTML, with matches in `<span class="searchmatch">`. */
  excerpt: string
  description: string
}

const stopWords = new Set(
  'a an and are as at by for from how in is it of on or the to was what who'.split(' '),
)
const sampleArticles: SampleArticle[] = JSON.parse(
  readFileSync(new URL('sample-articles.json', import.meta.url), 'utf8'),
)

/** Each article with the weight of each of its words. */
const index = sampleArticles.map((article) => {
  const { title, aliases = [], description, text } = article
  const weights = new Map<string, number>()
  const fields = [text, description, aliases.join(' '), title]
  for (const [rank, field] of fields.entries()) for (const word of wordsOf(field)) weights.set(word, rank + 1)
  return { article, weights }
})

/** Ranks by the number of matching words, then by the fields that match. */
export function searchArticles(query: string, limit: number): SearchHit[] {
  const all = wordsOf(query)
  const significant = all.filter((word) => !stopWords.has(word))
  const words = new Set(significant.length > 0 ? significant : all)
  return index
    .map(({ weights, ...hit }) => {
      const matched = [...words].flatMap((word) => weights.get(word) ?? [])
      return { ...hit, score: matched.reduce((sum, weight) => sum + 100 + weight, 0) }
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ article }) => toHit(article, words))
}

export const articleByPath = (path: string): SampleArticle | undefined =>
  sampleArticles.find(({ title }) => path === new URL(`/wiki/${keyOf(title)}`, 'http://localhost').pathname)

function toHit({ title, description, text }: SampleArticle, words: ReadonlySet<string>): SearchHit {
  const matches = (name: string) => wordsOf(name).some((word) => words.has(word))
  const excerpt = text
    .split(/([\p{L}\p{N}]+)/u)
    .map((part) => (matches(part) ? `<span class="searchmatch">${part}</span>` : escapeHtml(part)))
    .join('')
  return { key: keyOf(title), title, excerpt, description }
}

/** Escapes as MediaWiki does. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#039' }
  return text.replace(/[&<>"']/g, (character) => `&${entities[character]};`)
}

const keyOf = (title: string) => title.replaceAll(' ', '_')

/** Words without accents, capitals and plural s: "Métrics" and "metric" are equal. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) => word.replace(/(?<=...)s$/, ''))
}
