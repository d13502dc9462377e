import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createTestDatabase } from '../support/database.ts'
import { startTestRedis } from '../support/redis.ts'

/** Runs a query as the role of the URL and returns the first row. */
async function queryAs(url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(sql)).rows[0]
  } finally {
    await client.end()
  }
}

/** Sends raw bytes and returns the reply. */
async function send(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  socket.setTimeout(1_000, () => socket.destroy()).end(text)
  let reply = ''
  socket.on('data', (chunk) => {
    reply += chunk
  })
  socket.on('error', () => undefined)
  await once(socket, 'close')
  return reply
}

const commandLines = async () => (await promisify(execFile)('ps', ['-eo', 'args'])).stdout

describe('the development Postgres', () => {
  it('rejects roles without their random password', async () => {
    const url = await createTestDatabase({ migrated: false })
    for (const role of ['app', 'postgres', 'app:app', 'postgres:postgres']) {
      const other = new URL(url)
      const [name = '', password = ''] = role.split(':')
      Object.assign(other, { username: name, password })
      await assert.rejects(queryAs(other.href, 'select 1'), /password/, role)
    }
  })

  it('gives the server a role that owns its database and is no superuser', async () => {
    const url = await createTestDatabase()
    const role = await queryAs(
      url,
      `select rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls from pg_roles where rolname = current_user`,
    )
    assert.ok(
      Object.values(role).every((granted) => granted === false),
      JSON.stringify(role),
    )
    await assert.rejects(queryAs(url, "copy (select 1) to program 'true'"), /permission denied/)
    assert.deepEqual(await queryAs(url, 'show password_encryption'), { password_encryption: 'scram-sha-256' })
  })
})

for (const kind of ['real', 'substitute']) {
  describe(`the development Redis (${kind})`, () => {
    it('answers nobody without its random password, and keeps it out of the process list', async () => {
      if (kind === 'substitute') process.env.DEV_REDIS = 'substitute'
      const [first, second] = [await startTestRedis(), await startTestRedis()]
      delete process.env.DEV_REDIS
      const { url } = first
      assert.notEqual(new URL(url).password, new URL(second.url).password)
      const client = new Redis(url)
      await client.set('secret', 'value')

      assert.match(await send(url, 'GET secret\r\n'), /^-NOAUTH/)
      assert.match(await send(url, 'AUTH wrong\r\nGET secret\r\n'), /^-WRONGPASS/)
      // A web page can make a browser send this.
      const post =
        'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\r\nFLUSHALL\r\nGET secret\r\n'
      assert.doesNotMatch(await send(url, post), /\+OK|value/)
      assert.equal(await client.get('secret'), 'value')
      client.disconnect()
      assert.ok(!(await commandLines()).includes(new URL(url).password))
    })
  })
}
