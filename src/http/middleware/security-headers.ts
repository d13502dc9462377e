import type { RequestHandler } from 'express'
import helmet from 'helmet'

/**
 * Security headers of every response; `pages/layout.ts` adds those of HTML pages, such as the CSP.
 * @param options.https whether clients use HTTPS; enables HSTS
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
