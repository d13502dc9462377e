import type { Response } from 'express'
import { service } from '../config/package.ts'
import type { AuthMode } from '../http/pages/client-setup.ts'
import { renderCredentialField } from '../http/pages/credential-field.ts'
import { escapeHtml, renderPage } from '../http/pages/layout.ts'

export interface FramedPage {
  readonly title: string
  readonly authMode: AuthMode
  /** Links to the pages above this one, after the start page. */
  readonly trail: readonly { readonly href: string; readonly name: string }[]
  /** HTML of the main part and the footer. */
  readonly main: string
  readonly footer?: string
}

/** A page with breadcrumb and search box. The script makes the search box call the tool `search`. */
export function renderFramedPage(res: Response, { title, authMode, trail, main, footer }: FramedPage): void {
  const links = [{ href: '/', name: service.title }, ...trail].map(
    ({ href, name }) => `<li><a href="${href}">${escapeHtml(name)}</a></li>`,
  )
  renderPage(res, {
    title,
    styles: ['forms.css', 'documents.css'],
    script: 'documents.js',
    body: `<a class="skip" href="#content">Skip to the content</a>
<header>
<nav class="trail" aria-label="Breadcrumb"><ol>${links.join('')}</ol></nav>
<form role="search" aria-label="Documents" data-server="${escapeHtml(service.name)}" data-version="${escapeHtml(service.version)}">
<label class="visually-hidden" for="query">Search the documents</label>
<input type="search" id="query" placeholder="Search documents" required maxlength="1000" autocomplete="off">
<button type="submit" class="primary">Search</button>
${renderCredentialField(authMode)}
</form>
<noscript><p class="notice">Search requires JavaScript. <a href="/documents">All documents</a></p></noscript>
<output class="verdict" aria-live="polite" for="query"></output>
<ol class="hits" aria-label="Search results" hidden></ol>
</header>
<main id="content" tabindex="-1">${main}</main>
${footer === undefined ? '' : `<footer class="meta"><hr>${footer}</footer>`}`,
  })
}
