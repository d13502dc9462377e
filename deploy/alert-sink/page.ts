import type { Notification } from './notification.ts'

/** Renders the notifications, newest first; the page reloads itself. */
export function page(notifications: readonly Notification[], watchdogAt: string | undefined): string {
  const rows = notifications.flatMap((notification) => notification.alerts.map(rowOf(notification))).reverse()
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width">
<title>Alert notifications</title>
<style>
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }
  table { border-collapse: collapse; width: 100% }
  th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0; border-bottom: 1px solid #ccc }
  .firing { color: #b00020; font-weight: 600 }
  .resolved { color: #1b6e3c; font-weight: 600 }
  small { color: #555 }
</style>
<h1>Alert notifications</h1>
<p>Watchdog last heard: ${watchdogAt ?? 'not yet'}. It must arrive every minute.</p>
<table>
<thead><tr><th>Received (UTC)<th>State<th>Severity<th>Alert<th>Summary</thead>
<tbody>${rows.length === 0 ? '<tr><td colspan="5">Nothing yet.' : rows.join('\n')}</tbody>
</table>
</html>
`
}

const rowOf =
  ({ receivedAt }: Notification) =>
  ({ status, labels, annotations }: Notification['alerts'][number]): string => {
    const { alertname = '', severity = '', ...others } = labels
    const links = ['runbook', 'dashboard'].map((kind) => linkTo(kind, annotations[`${kind}_url`])).join(' ')
    const details = Object.entries(others).map(([name, value]) => `${name}=${value}`)
    return `<tr><td>${receivedAt.slice(0, 19).replace('T', ' ')}
<td class="${status === 'firing' ? 'firing' : 'resolved'}">${escapeHtml(status)}
<td>${escapeHtml(severity)}
<td>${escapeHtml(alertname)}<br><small>${escapeHtml(details.join(', '))}</small>
<td>${escapeHtml(annotations.summary ?? '')}<br><small>${links}</small>`
  }

function linkTo(text: string, url: string | undefined): string {
  return url !== undefined && /^https?:\/\//.test(url) ? `<a href="${escapeHtml(url)}">${text}</a>` : ''
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
