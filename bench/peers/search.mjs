/** What a peer needs to serve this server's search: the same statements on the same documents, without a cache. */
import { createServer } from 'node:http'
import { z } from 'zod'
import { createDocumentSearch } from '../../dist/documents/search.js'
import { createDatabase } from '../../dist/postgres/database.js'
import { createMetrics } from '../../dist/telemetry/metrics/metrics.js'

const { DATABASE_URL, HOST, OPS_PORT, PORT, PUBLIC_URL } = process.env

export const address = { host: HOST, port: Number(PORT) }

const report = (message) => void process.stderr.write(`${message}\n`)
const logger = { error: report, warn: report, info() {}, debug() {} }
const database = createDatabase({ url: DATABASE_URL, logger, metrics: createMetrics([]) })
const searchDocuments = createDocumentSearch(database, ({ id }) => `${PUBLIC_URL}/documents/${id}`)

export const input = z.object({ query: z.string() })

export async function search({ query }) {
  const { hits, note } = await searchDocuments(query)
  return { results: hits, note }
}

// Readiness check of the gateway.
createServer((_req, res) => res.end()).listen(Number(OPS_PORT), HOST)
