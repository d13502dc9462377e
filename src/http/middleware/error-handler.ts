import { STATUS_CODES } from 'node:http'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import { AppError, errorTable, toAppError } from '../../errors.ts'
import type { Logger } from '../../telemetry/log/logger.ts'
import { escapeHtml, renderPage } from '../pages/layout.ts'

export const notFound: RequestHandler = (_req, _res, next) => {
  next(new AppError('not_found', 'Not found. MCP clients connect to /mcp.'))
}

const maxLoggedPathLength = 200

/** Handles errors outside MCP: an HTML page for browsers, with `links`, and JSON for other clients. */
export function createErrorHandler(logger: Logger, links = ''): ErrorRequestHandler {
  return (thrown: unknown, req, res, _next) => {
    const rejected = isClientError(thrown) ? thrown : undefined
    const error = rejected
      ? new AppError('invalid_arguments', describe(rejected), { cause: thrown })
      : toAppError(thrown)
    const { logLevel } = errorTable[error.code]
    const httpStatus = rejected?.status ?? errorTable[error.code].httpStatus
    // Clients of the 2025 revisions look for OAuth metadata at several addresses.
    const isProbe = error.code === 'not_found' && req.path.startsWith('/.well-known/')
    logger.log(isProbe ? 'debug' : logLevel, 'http request failed', {
      function: 'handleError',
      'http.request.method': req.method,
      'url.path': req.path.slice(0, maxLoggedPathLength),
      'http.response.status_code': httpStatus,
      request_id: req.get('x-request-id'),
      'error.code': error.code,
      'error.message': error.message,
      error: logLevel === 'error' ? error : undefined,
    })
    if (res.headersSent) {
      res.destroy()
      return
    }
    res.status(httpStatus).set(rejected?.headers ?? {})
    // They would describe the static file, not the error page.
    for (const name of ['etag', 'last-modified']) res.removeHeader(name)
    if (req.accepts(['json', 'html']) === 'html') {
      const body = `<main><h1>${httpStatus}</h1><p>${escapeHtml(error.message)}</p>${links}</main>`
      renderPage(res, { title: `${httpStatus}`, body })
    } else {
      res.type('json').json({ error: { code: error.code, message: error.message } })
    }
  }
}

interface ClientError {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * An error of Express for a bad request: 400 for a URL that it cannot decode; 412 and 416 of its file server, for
 * conditions and ranges.
 */
const isClientError = (thrown: unknown): thrown is ClientError =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'status' in thrown &&
  typeof thrown.status === 'number' &&
  thrown.status >= 400 &&
  thrown.status < 500

const describe = ({ status }: ClientError): string =>
  status === 400
    ? 'The request URL is malformed: check its percent-encoding.'
    : `${STATUS_CODES[status]}: check the headers of the request.`
