import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * What every answer says to browsers. What only matters for pages, the Content-Security-Policy above all,
 * is set where pages are made: `pages/layout.ts`.
 *
 * @param options.https whether clients reach the server by https, which they are then told to keep to
 */
export function createSecurityHeaders({ https }: { readonly https: boolean }): RequestHandler {
  return helmet({
    xContentTypeOptions: true,
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    strictTransportSecurity: https && { maxAge: 31_536_000, includeSubDomains: false },
    contentSecurityPolicy: false,
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xFrameOptions: false,
    xPermittedCrossDomainPolicies: false,
    xPoweredBy: false,
    xXssProtection: false,
  })
}
