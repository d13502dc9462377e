// cspell:disable -- prose-ok: stems and endings are not words
/**
 * English stems by the Porter2 algorithm (https://snowballstem.org/algorithms/english/stemmer.html), equal to those of
 * PostgreSQL's dictionary `english_stem`. Not computed by PostgreSQL, because documents, queries and snippets must
 * agree, and snippets are made after the last statement.
 */

/** `from>to`, separated by spaces. */
const pairs = (text: string): ReadonlyMap<string, string> =>
  new Map(text.split(' ').map((pair) => pair.split('>') as [string, string]))

const exceptions = pairs(
  'skis>ski skies>sky dying>die lying>lie tying>tie idly>idl gently>gentl ugly>ugli early>earli only>onli ' +
    'singly>singl sky>sky news>news howe>howe atlas>atlas cosmos>cosmos bias>bias andes>andes',
)
const finishedAfterPlural = new Set('inning outing canning herring earring proceed exceed succeed'.split(' '))

/** Endings of steps 2 to 4 and their replacements. */
const step2 = pairs(
  'tional>tion enci>ence anci>ance abli>able entli>ent izer>ize ization>ize ational>ate ation>ate ator>ate alism>al ' +
    'aliti>al alli>al fulness>ful ousli>ous ousness>ous iveness>ive iviti>ive biliti>ble bli>ble fulli>ful lessli>less ' +
    'ogi>og li>',
)
const step3 = pairs('tional>tion ational>ate alize>al icate>ic iciti>ic ical>ic ful> ness> ative>')
const step4 = pairs(
  'al> ance> ence> er> ic> able> ible> ant> ement> ment> ent> ism> ate> iti> ous> ive> ize> ion>',
)
const longestEnding = 7
/** Last two letters of the endings: most words have none of them. */
const lastLetters = new Map(
  [step2, step3, step4].map((table) => [table, new Set([...table.keys()].map((ending) => ending.slice(-2)))]),
)

/** A `y` that is a consonant is upper case. */
const shortEnd = /(?:[^aeiouy][aeiouy][^aeiouywxY]|^[aeiouy][^aeiouy])$/
const vowels = 'aeiouy'
const vowel = /[aeiouy]/

/** No step removes an ending with one of these last letters. */
const unstemmed = /[abfhjkopquvwxz]$/

/** The stem of a word of `a` to `z`; other words are their own stem. */
export function stem(word: string): string {
  if (word.length <= 2 || unstemmed.test(word) || !/^[a-z]+$/.test(word)) return word
  const exception = exceptions.get(word)
  if (exception !== undefined) return exception
  let w = word.includes('y') ? word.replace(/^y|(?<=[aeiouy])y/g, 'Y') : word
  const region1 = /^(?:gener|commun|arsen)/.exec(w)?.[0].length ?? regionAfter(w, 0)
  const region2 = regionAfter(w, region1)

  // Step 1a: plurals.
  if (w.endsWith('sses')) w = w.slice(0, -2)
  else if (w.endsWith('ies') || w.endsWith('ied')) w = w.slice(0, w.length > 4 ? -2 : -1)
  else if (w.endsWith('s') && !/[us]s$/.test(w) && vowel.test(w.slice(0, -2))) w = w.slice(0, -1)
  if (finishedAfterPlural.has(w)) return w

  // Step 1b: past tenses and participles.
  const root = w.endsWith('ly') ? w.slice(0, -2) : w
  if (root.endsWith('eed')) {
    if (root.length - 3 >= region1) w = root.slice(0, -1)
  } else if (root.endsWith('ed') || root.endsWith('ing')) {
    const verb = root.slice(0, root.endsWith('ed') ? -2 : -3)
    if (vowel.test(verb)) {
      w = verb
      if (/(?:at|bl|iz)$/.test(w)) w += 'e'
      else if (/(?<!^[aeo])(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/.test(w)) w = w.slice(0, -1)
      else if (w.length <= region1 && shortEnd.test(w)) w += 'e'
    }
  }
  if (/[yY]$/.test(w)) w = w.replace(/(?<=.[^aeiouy])[yY]$/, 'i')

  // Steps 2 to 5: suffixes of nouns, adjectives and adverbs.
  const second = endingOf(w, step2, region1)
  const before = w.at(-(second?.length ?? 0) - 1) ?? ''
  if (
    second !== undefined &&
    (second !== 'ogi' || before === 'l') &&
    (second !== 'li' || /[cdeghkmnrt]/.test(before))
  )
    w = w.slice(0, -second.length) + step2.get(second)
  const third = endingOf(w, step3, region1)
  if (third !== undefined && (third !== 'ative' || w.length - third.length >= region2))
    w = w.slice(0, -third.length) + step3.get(third)
  const fourth = endingOf(w, step4, region2)
  if (fourth !== undefined && (fourth !== 'ion' || /[st]ion$/.test(w))) w = w.slice(0, -fourth.length)
  if (w.endsWith('e')) {
    if (w.length > region2 || (w.length > region1 && !shortEnd.test(w.slice(0, -1)))) w = w.slice(0, -1)
  } else if (w.endsWith('ll') && w.length > region2) w = w.slice(0, -1)
  return w.toLowerCase()
}

/** The region after the first consonant that follows a vowel. */
function regionAfter(word: string, from: number): number {
  let at = from
  while (at < word.length && !vowels.includes(word.charAt(at))) at++
  while (at < word.length && vowels.includes(word.charAt(at))) at++
  return Math.min(word.length, at + 1)
}

/** The longest ending of the table, if it is in the region. */
function endingOf(word: string, table: ReadonlyMap<string, string>, region: number): string | undefined {
  if (!lastLetters.get(table)?.has(word.slice(-2))) return undefined
  for (let length = Math.min(longestEnding, word.length); length > 1; length--) {
    const ending = word.slice(-length)
    if (table.has(ending)) return word.length - length >= region ? ending : undefined
  }
  return undefined
}
