import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { storeKey } from '../../support/api-keys.ts'
import { afterFile } from '../../support/cleanup.ts'
import { postLegacy, postModern } from '../../support/raw.ts'
import { scrape } from '../../support/scrape.ts'
import { spawnServer } from '../../support/server.ts'
import { startStack } from '../../support/stack.ts'

type Headers = Record<string, string>

const rounds = 15
const modes: Record<string, { env: Headers; caller(databaseUrl: string, n: number): Promise<Headers> }> = {
  'api-key': {
    env: { AUTH_MODE: 'api-key' },
    async caller(databaseUrl) {
      const { key } = await storeKey(databaseUrl, 'documents:read,web:read')
      return { authorization: `Bearer ${key}` }
    },
  },
  none: {
    env: { AUTH_MODE: 'none', TRUSTED_PROXY_HOPS: '1' },
    caller: async (_databaseUrl, n) => ({ 'x-forwarded-for': `198.51.100.${n}` }),
  },
}

for (const [mode, { env, caller }] of Object.entries(modes)) {
  describe(`while one caller makes 32 concurrent slow searches, with AUTH_MODE=${mode}`, () => {
    it('answers the calls, pages and key checks of others, and the readiness probe', {
      timeout: 120_000,
    }, async () => {
      const { server, env: stores } = await startStack(env, spawnServer)
      const { DATABASE_URL: databaseUrl = '' } = stores
      const others = await Promise.all(Array.from({ length: rounds }, (_, n) => caller(databaseUrl, n + 1)))
      const attacker = await caller(databaseUrl, 100)
      const operator = new pg.Client(databaseUrl)
      await operator.connect()
      afterFile(() => operator.end())
      await operator.query(
        `insert into documents (id, title, text, source, content_hash)
         select 'fetched-' || n, 'Fetched', 'A document to fetch.', 'test', '' from generate_series(1, ${rounds}) as n`,
      )
      // Searches for words that no document has read this table, and nothing else does.
      await operator.query('begin')
      await operator.query('lock table document_words in access exclusive mode')

      let attacking = true
      const attack = async (n: number) => {
        const send = n % 2 === 0 ? postModern : postLegacy
        for (let turn = 0; attacking; turn++) {
          const call = { name: 'search', arguments: { query: `qx${n}zq${turn}` } }
          await send(server.mcpUrl, 'tools/call', call, attacker)
        }
      }
      const attacks = Promise.all(Array.from({ length: 32 }, (_, n) => attack(n)))
      const waiting = async () =>
        (await scrape(server.url)).sum('mcp_pg_pool_connections', { state: 'waiting' })
      while ((await waiting()) < 20) await delay(20)

      // A busy machine can fail one probe; without a connection of its own, every probe would fail.
      const readiness = async () => {
        let status = 0
        for (let tries = 0; tries < 4 && status !== 200; tries++) {
          if (tries > 0) await delay(500)
          ;({ status } = await fetch(`${server.url}/readyz`))
        }
        return status
      }
      for (const [n, other] of others.entries()) {
        const id = `fetched-${n + 1}`
        const [fetched, read, page, ready] = await Promise.all([
          postModern(server.mcpUrl, 'tools/call', { name: 'fetch', arguments: { id } }, other),
          postModern(server.mcpUrl, 'resources/read', { uri: `document://${id}` }, other),
          fetch(`${server.url}/documents/${id}`, { headers: other }),
          readiness(),
        ])
        assert.equal(fetched.message.result?.structuredContent?.id, id, fetched.text)
        assert.ok(read.message.result, read.text)
        assert.deepEqual([page.status, ready], [200, 200])
      }
      assert.ok((await waiting()) > 0, 'the attack has ended before')
      attacking = false
      await operator.query('rollback')
      await attacks
    })
  })
}
