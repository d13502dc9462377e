import { createHash } from 'node:crypto'
import type { Response } from 'express'

const style = `
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent) }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.6 system-ui, sans-serif; overflow-wrap: break-word }
h1, h2, h3 { line-height: 1.25 }
pre { overflow-x: auto; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .4rem }
code { font: .9em ui-monospace, monospace }
table { display: block; overflow-x: auto; border-collapse: collapse }
th, td { padding: .3rem .7rem; border: 1px solid var(--line); text-align: left; vertical-align: top }
blockquote { margin-inline: 0; padding-inline: 1rem; border-inline-start: .25rem solid var(--line) }
.meta { opacity: .75; font-size: .875rem }
`

/** Only the one style sheet above applies; nothing is loaded from anywhere, and no script runs. */
const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export interface Page {
  readonly title: string
  /** HTML: whoever makes it escapes what is not theirs. */
  readonly body: string
}

export function renderPage(res: Response, { title, body }: Page): void {
  res.set({
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    // For browsers that do not know `frame-ancestors`.
    'x-frame-options': 'DENY',
  })
  res.type('html').send(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`)
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
