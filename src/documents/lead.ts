/** More sentences are added up to this length. */
const wantedLength = 160
/** A longer first sentence is cut. */
const maxLength = 300

/** Tables, quotes, HTML, images, code blocks, lists and rules. */
const notProse = /^(?:[|>~<]|!\[|```|[-*+] |\d+[.)] |-{3})/

/** The first sentences of a Markdown text, on one line; empty if it has no paragraph. */
export function leadOf(text: string): string {
  const paragraph = text
    .split(/\n\s*\n/)
    .map((block) =>
      block
        .replace(/^#.*\n?/gm, '')
        .replace(/^.*\n(?:=+|-+)[ \t]*(?:\n|$)/, '')
        .trim(),
    )
    .find((block) => block !== '' && !notProse.test(block))
  const [first = '', ...rest] = (paragraph ?? '').replace(/\s+/g, ' ').split(/(?<=[.!?]) (?=\P{Ll})/u)
  if (first.length > maxLength) return `${first.slice(0, maxLength).replace(/\s\S*$/, '')} …`
  let lead = first
  for (const sentence of rest) {
    if (lead.length + sentence.length > wantedLength) break
    lead += ` ${sentence}`
  }
  // The part that the colon introduces is not shown.
  return lead.replace(/:$/, '.')
}
