import express, { Router } from 'express'
import type { Health } from '../../health/health.ts'
import { type HomePageOptions, renderHome } from './home-page.ts'
import { renderPage } from './layout.ts'

export interface SiteOptions extends HomePageOptions {
  readonly health: Pick<Health, 'report'>
  /** Folder with style sheets, scripts and images. */
  readonly assets: string
}

/**
 * The page at `/`, its assets, and `/status`: the health summary for the page, available even if the ops endpoints have
 * a separate port. Always 200, because probes use `/health`.
 */
export function createSite({ health, assets, ...page }: SiteOptions): Router {
  const { server, watch } = page
  const site = Router()

  // Revalidated at every visit (304), so that a new release is visible at once on every replica.
  site.use('/assets', express.static(assets, { index: false, redirect: false }))

  site.get('/status', async (_req, res) => {
    const { status, checks } = await health.report()
    res.set('cache-control', 'no-store')
    res.json({ server: { name: server.name, version: server.version }, status, checks, watch })
  })

  site.get('/', async (_req, res) => {
    const { checks } = await health.report()
    res.set('cache-control', 'no-store')
    renderPage(res, {
      title: server.title,
      body: renderHome(page, checks),
      styles: ['home.css', 'cards.css', 'forms.css', 'outcome.css'],
      script: 'page.js',
    })
  })
  return site
}
