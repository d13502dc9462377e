import express, { Router } from 'express'
import type { Health } from '../../health/health.ts'
import { type HomePageOptions, renderHome } from './home-page.ts'
import { renderPage } from './layout.ts'

export interface SiteOptions extends HomePageOptions {
  readonly health: Pick<Health, 'report'>
  /** Folder of what the pages load: style sheets, scripts, the icon. */
  readonly assets: string
}

/**
 * What people find at the server's own address: the page at `/`, the files it loads, and `/status`, which says
 * what `/health` says where the ops endpoints have a port of their own: less of it, and always with 200, because
 * here the answer is news for a page and no signal for a machine.
 */
export function createSite({ health, assets, ...page }: SiteOptions): Router {
  const { server, watch } = page
  const site = Router()

  // Asked for again at every visit and answered with 304: a new release is seen at once, on every replica.
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
      styles: ['home.css', 'cards.css', 'outcome.css'],
      script: 'page.js',
    })
  })
  return site
}
