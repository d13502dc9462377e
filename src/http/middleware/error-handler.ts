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
    const error = isBadRequest(thrown)
      ? new AppError('invalid_arguments', 'The request URL is malformed: check its percent-encoding.', {
          cause: thrown,
        })
      : toAppError(thrown)
    const { httpStatus, logLevel } = errorTable[error.code]
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
    res.status(httpStatus)
    if (req.accepts(['json', 'html']) === 'html') {
      const body = `<main><h1>${httpStatus}</h1><p>${escapeHtml(error.message)}</p>${links}</main>`
      renderPage(res, { title: `${httpStatus}`, body })
    } else {
      res.json({ error: { code: error.code, message: error.message } })
    }
  }
}

/** Express throws errors with a 4xx `status` for URLs it cannot decode. */
const isBadRequest = (thrown: unknown): boolean =>
  typeof thrown === 'object' &&
  thrown !== null &&
  'status' in thrown &&
  typeof thrown.status === 'number' &&
  thrown.status >= 400 &&
  thrown.status < 500
