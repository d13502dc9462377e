import { escapeHtml } from '../http/pages/layout.ts'
import { renderInline } from '../http/pages/markdown.ts'
import type { DocumentEntry } from './document.ts'
import { type Kind, kindHeadings, kinds } from './kind.ts'
import { leadOf } from './lead.ts'

/** Entries shown of each kind. */
export const pageSize = 100

/** Tags of a runbook that name the severity of its alert. */
const severities = ['page', 'ticket', 'warn', 'heartbeat']

/** @param entries ordered by id; more than `pageSize` of a kind make a link to its next page */
export function renderIndex(entries: readonly DocumentEntry[]): string {
  const groups = kinds.flatMap((kind) => {
    const found = entries.filter((entry) => entry.kind === kind)
    return found.length === 0
      ? []
      : [{ kind, shown: found.slice(0, pageSize), more: found.length > pageSize }]
  })
  const jumps = groups.map(({ kind }) => `<li><a href="#${kind}">${kindHeadings[kind]}</a></li>`)
  return `<h1>Documents</h1>
${groups.length === 0 ? '<p>No documents here.</p>' : ''}
${groups.length < 2 ? '' : `<nav class="jumps" aria-label="Kinds of documents"><ul>${jumps.join('\n')}</ul></nav>`}
${groups.map(({ kind, shown, more }) => renderGroup(kind, shown, more)).join('\n')}`
}

function renderGroup(kind: Kind, entries: readonly DocumentEntry[], more: boolean): string {
  const last = entries.at(-1)?.id
  return `<section aria-labelledby="${kind}">
<h2 id="${kind}">${kindHeadings[kind]}</h2>
${kind === 'runbook' ? renderRunbooks(entries) : renderList(entries)}
${more ? `<p class="more">Ordered by id, ${pageSize} a page. Search finds one faster. <a href="/documents?kind=${kind}&amp;after=${last}">Next page of ${kindHeadings[kind].toLowerCase()}</a></p>` : ''}
</section>`
}

const renderList = (entries: readonly DocumentEntry[]): string =>
  `<ul class="entries">
${entries.map((entry) => `<li>${linkTo(entry)}${renderLead(entry)}</li>`).join('\n')}
</ul>`

const columns = ['Alert', 'Severity', 'What it means for users']

function renderRunbooks(entries: readonly DocumentEntry[]): string {
  const rows = entries.map((entry) => {
    const badges = severities
      .filter((severity) => entry.tags.includes(severity))
      .map((severity) => `<span class="badge" data-severity="${severity}">${severity}</span>`)
    return `<tr role="row"><th role="rowheader" scope="row">${linkTo(entry)}</th><td role="cell">${badges.join(' ')}</td><td role="cell">${renderInline(leadOf(entry.beginning))}</td></tr>`
  })
  // The roles hold where the style sheet lays rows out as blocks, which removes the implicit ones.
  return `<table class="runbooks" role="table">
<thead role="rowgroup"><tr role="row">${columns.map((name) => `<th role="columnheader" scope="col">${name}</th>`).join('')}</tr></thead>
<tbody role="rowgroup">
${rows.join('\n')}
</tbody>
</table>`
}

const linkTo = ({ id, title }: DocumentEntry): string =>
  `<a href="/documents/${escapeHtml(id)}">${renderInline(title)}</a>`

/** The title of a decision says enough; its text begins with the context. */
function renderLead({ kind, beginning }: DocumentEntry): string {
  const lead = kind === 'decision' ? '' : leadOf(beginning)
  return lead === '' ? '' : `<p>${renderInline(lead)}</p>`
}
