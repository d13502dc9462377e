/** A stand-in for Wikipedia's REST search, for machines without a network. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { articleByPath, escapeHtml, type SampleArticle, searchArticles } from './sample-search.ts'
import type { Service } from './service.ts'

export async function startSampleApi(): Promise<Service> {
  const server = createServer(answerFromSamples).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    engine: 'sample API (a small local stand-in with sample data)',
    pid: process.pid,
    async stop() {
      server.close().closeAllConnections()
      await once(server, 'close')
    },
  }
}

export function answerFromSamples({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://localhost')
  const article = articleByPath(pathname)
  if (pathname === '/w/rest.php/v1/search/page') search(searchParams, response)
  else if (article) sendPage(response, article)
  else sendError(response, 404, 'Not Found')
}

function search(query: URLSearchParams, response: ServerResponse): void {
  const text = query.get('q') ?? ''
  const limit = Number(query.get('limit') ?? 50)
  if (text.trim() !== '' && limit >= 1 && limit <= 100)
    sendJson(response, 200, { pages: searchArticles(text, limit) })
  else sendError(response, 400, 'Bad Request')
}

function sendPage(response: ServerResponse, article: SampleArticle): void {
  const [title, text] = [escapeHtml(article.title), escapeHtml(article.text)]
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end(`<!doctype html><title>${title}</title><h1>${title}</h1><p>${text}</p><p>Sample data.</p>\n`)
}

/** An error in the form of MediaWiki's REST API. */
export function sendError(response: ServerResponse, httpCode: number, httpReason: string): void {
  sendJson(response, httpCode, { httpCode, httpReason })
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
