import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { afterFile } from '../../support/cleanup.ts'
import { postModern } from '../../support/raw.ts'
import { startServer } from '../../support/server.ts'
import { sharedStack } from '../../support/stack.ts'

const unsupported: string | false =
  Number(process.versions.node.split('.')[0]) >= 24 ? false : 'needs Node 24'

/** A proxy that tunnels every connection to one server. */
async function startProxy(target: URL) {
  const requested: string[] = []
  const sockets: Socket[] = []
  const proxy = createServer().on('connect', ({ url = '' }, client: Socket) => {
    requested.push(url)
    const upstream = connect(Number(target.port), target.hostname, () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      client.pipe(upstream).pipe(client)
    })
    client.on('error', () => upstream.destroy())
    upstream.on('error', () => client.destroy())
    sockets.push(client)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  afterFile(() => {
    for (const socket of sockets) socket.destroy()
    proxy.close()
  })
  return { url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, requested }
}

describe('an outgoing proxy', { skip: unsupported }, () => {
  it('is used for the external API with NODE_USE_ENV_PROXY, and resolves its name', async () => {
    const { env } = await sharedStack()
    const proxy = await startProxy(new URL(env.EXTERNAL_API_URL ?? ''))
    const server = await startServer({
      ...env,
      EXTERNAL_API_URL: 'http://api.unresolvable.invalid',
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: proxy.url,
      NO_PROXY: 'localhost,127.0.0.1',
    })
    const { text } = await postModern(server.mcpUrl, 'tools/call', {
      name: 'search_wikipedia',
      arguments: { query: 'observability' },
    })
    assert.doesNotMatch(text, /isError":true/)
    assert.ok(proxy.requested.includes('api.unresolvable.invalid:80'), `${proxy.requested}`)
  })
})
