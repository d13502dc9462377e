import { readFileSync } from 'node:fs'

/** Short facts written for this project, so that it works without a network. */
export type SampleArticle = {
  title: string
  description: string
  text: string
  /** Other names it is found by, as Wikipedia's redirects do. */
  aliases?: string[]
}

/** One hit of Wikipedia's REST search: https://www.mediawiki.org/wiki/API:REST_API/Reference#Search_pages */
export type SearchHit = {
  id: number
  key: string
  title: string
  /** HTML, with the words of the query in `<span class="searchmatch">`. */
  excerpt: string
  /** The other name under which the page was found. */
  matched_title: string | null
  description: string
  thumbnail: null
}

const sampleArticles: SampleArticle[] = JSON.parse(
  readFileSync(new URL('sample-articles.json', import.meta.url), 'utf8'),
)
const firstId = 1_000
const tooCommon = new Set(
  'a an and are as at by for from how in is it of on or the to was what who'.split(' '),
)

/** Each article with its words, weighted by where they are. */
const index = sampleArticles.map((article, at) => {
  const { title, aliases = [], description, text } = article
  const fields = { [title]: 20, [aliases.join(' ')]: 15, [description]: 3, [text]: 1 }
  const weights = new Map<string, number>()
  for (const [field, weight] of Object.entries(fields))
    for (const word of wordsOf(field)) weights.set(word, Math.max(weight, weights.get(word) ?? 0))
  return { article, id: firstId + at, weights }
})

/** Ranks by how many words of the query an article holds, then by where it holds them. */
export function searchArticles(query: string, limit: number): SearchHit[] {
  const words = new Set(wordsOf(query))
  const telling = new Set([...words].filter((word) => !tooCommon.has(word)))
  const wanted = telling.size > 0 ? telling : words
  return index
    .map(({ weights, ...found }) => {
      const matched = [...wanted].flatMap((word) => weights.get(word) ?? [])
      return { ...found, score: matched.reduce((sum, weight) => sum + 100 + weight, 0) }
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, limit)
    .map(({ article, id }) => toHit(article, id, wanted))
}

export function articleByKey(key: string): SampleArticle | undefined {
  return sampleArticles.find(({ title }) => keyOf(title) === key)
}

function toHit(
  { title, aliases = [], description, text }: SampleArticle,
  id: number,
  wanted: Set<string>,
): SearchHit {
  const matches = (name: string) => wordsOf(name).some((word) => wanted.has(word))
  return {
    id,
    key: keyOf(title),
    title,
    excerpt: highlight(text, wanted),
    matched_title: matches(title) ? null : (aliases.find(matches) ?? null),
    description,
    thumbnail: null,
  }
}

function highlight(text: string, wanted: Set<string>): string {
  const pieces = text.split(/([\p{L}\p{N}]+)/u)
  return pieces
    .map((piece) =>
      wanted.has(normalize(piece)) ? `<span class="searchmatch">${piece}</span>` : escapeHtml(piece),
    )
    .join('')
}

/** In MediaWiki's spelling. */
const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#039;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character)
}

const keyOf = (title: string) => title.replaceAll(' ', '_')

function wordsOf(text: string): string[] {
  return (text.match(/[\p{L}\p{N}]+/gu) ?? []).map(normalize)
}

/** One form for "Métrics" and "metric": no accents, no capitals, no plural s. */
function normalize(word: string): string {
  const plain = word.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return plain.length > 3 ? plain.replace(/s$/, '') : plain
}
