/** What `npm run try` printed, as a page that looks like the terminal it was printed to. */

/** Of each part so many lines are shown; the whole of it would be two screens high. */
const linesOfPart: Readonly<Record<string, number>> = { RESULT: 6 }
const columns = 98

export function terminalPage(command: string, output: string): string {
  const parts = output.trimEnd().split(/\n\n(?=[A-Z])/)
  const [, traceId = ''] = /^TRACE {2}([0-9a-f]{32})/m.exec(output) ?? []
  const body = parts
    .map(part)
    .join('\n\n')
    .replaceAll(traceId || '\0', '<mark>$&</mark>')
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

function part(text: string): string {
  const [first = '', ...rest] = text.split('\n')
  const [, name = '', note = ''] = /^([A-Z][A-Z ]*[A-Z])( {2}.*)?$/.exec(first) ?? []
  const most = linesOfPart[name] ?? rest.length
  const shown = rest.slice(0, most).map(line)
  const more = rest.length > most ? ['<i>  …</i>'] : []
  const heading = name === '' ? `<i>${escapeHtml(first)}</i>` : `<b>${name}</b><i>${escapeHtml(note)}</i>`
  return [heading, ...shown, ...more].join('\n')
}

/** Bars and changed numbers stand out. */
function line(text: string): string {
  const cut = text.length > columns ? `${text.slice(0, columns - 1)}…` : text
  return escapeHtml(cut).replace(/█+|\S+ → \S+/g, '<u>$&</u>')
}

const escapeHtml = (text: string) => text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
