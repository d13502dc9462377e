import type { Response } from 'express'

/** Allows same-origin style sheets and images, and a script for pages that have one. */
const contentSecurityPolicy = (script: boolean) =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    ...(script ? ["script-src 'self'", "connect-src 'self'"] : []),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

export interface Page {
  readonly title: string
  /** HTML; the caller must escape untrusted text. */
  readonly body: string
  /** Files of the folder `public`, in addition to the base style sheet. */
  readonly styles?: readonly string[]
  readonly script?: string
}

export function renderPage(res: Response, { title, body, styles = [], script }: Page): void {
  res.set({
    'content-security-policy': contentSecurityPolicy(script !== undefined),
    'cross-origin-opener-policy': 'same-origin',
    // For browsers that do not know `frame-ancestors`.
    'x-frame-options': 'DENY',
  })
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
${['base.css', ...styles].map((file) => `<link rel="stylesheet" href="/assets/${file}">`).join('\n')}
${script === undefined ? '' : `<script type="module" src="/assets/${script}"></script>\n`}</head>
<body>
${body}
</body>
</html>
`
  res.type('html').send(withBasePath(res.locals.basePath ?? '', html))
}

/** Prefixes root-relative links. Page texts cannot match, because their quotation marks are escaped. */
const withBasePath = (basePath: string, html: string): string =>
  basePath === ''
    ? html
    : html.replace(/ (href|src)="\/(?!\/)/g, (_match, name: string) => ` ${name}="${escapeHtml(basePath)}/`)

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
