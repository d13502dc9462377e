/** Renders the output of `npm run try` as a page that looks like a terminal. */

/** Lines shown of a section; the rest is cut. */
const sectionLines: Readonly<Record<string, number>> = { RESULT: 6 }
const columns = 98

export function terminalPage(command: string, output: string): string {
  const sections = output.trimEnd().split(/\n\n(?=[A-Z])/)
  const [, traceId = '\0'] = /^TRACE {2}([0-9a-f]{32})/m.exec(output) ?? []
  const body = sections.map(section).join('\n\n').replaceAll(traceId, '<mark>$&</mark>')
  return `<!doctype html>
<meta charset="utf-8">
<style>
  body { margin: 0; background: transparent; }
  main { display: inline-block; padding: 22px 28px; border-radius: 10px; background: #14171a; color: #c9d1d9; }
  pre { margin: 0; font: 14px / 1.4 ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace; }
  b { color: #5ccfc4; }
  i { font-style: normal; color: #8b949e; }
  u { text-decoration: none; color: #e8b552; }
  mark { background: #1f3b3a; color: inherit; }
</style>
<main><pre><i>$</i> ${escapeHtml(command)}

${body}</pre></main>`
}

function section(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  const [, name = '', note = ''] = /^([A-Z][A-Z ]*[A-Z])( {2}.*)?$/.exec(first) ?? []
  const shown = rest.slice(0, sectionLines[name]).map(line)
  if (shown.length < rest.length) shown.push('<i>  …</i>')
  const heading = name === '' ? `<i>${escapeHtml(first)}</i>` : `<b>${name}</b><i>${escapeHtml(note)}</i>`
  return [heading, ...shown].join('\n')
}

/** Highlights bars and changed numbers. */
function line(text: string): string {
  const cut = text.length > columns ? `${text.slice(0, columns - 1)}…` : text
  return escapeHtml(cut).replace(/█+|\S+ → \S+/g, '<u>$&</u>')
}

const escapeHtml = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
