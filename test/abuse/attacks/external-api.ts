import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, concurrently, toolCall } from '../support/client.ts'
import type { Attack } from './attack.ts'

const json = { 'content-type': 'application/json' }
const search = (kind: string, n: number) => toolCall('search_wikipedia', { query: `${kind} ${n}` })

/** 190 hits of 5,000 characters: almost the largest body that the client reads. */
const pages = Array.from({ length: 190 }, (_, n) => ({
  key: `K${n}`,
  title: `T${n}`,
  excerpt: '<'.repeat(5_000),
  description: null,
}))

/** Something on loopback that only the server can reach. */
async function startInternalService() {
  let requests = 0
  const server = createServer((_req, res) => {
    requests++
    res.writeHead(200, json).end(JSON.stringify({ pages: [{ key: 'x', title: 'internal', excerpt: 'x' }] }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/w/rest.php/v1/search/page`,
    requests: () => requests,
    stop: () => server.close().closeAllConnections(),
  }
}

const failed = ({ status, text }: Answer) => status === 200 && text.includes('"isError":true')

export const externalApiAttacks: readonly Attack[] = [
  {
    name: 'an external API that redirects to the loopback interface',
    refusedBy: 'redirects are not followed',
    async run(attacker, { api }) {
      const internal = await startInternalService()
      api.setFault({ kind: 'reply', status: 302, headers: { location: internal.url } })
      const answers = await concurrently(20, 4, (n) => attacker.post(search('redirect', n)))
      internal.stop()
      assert.equal(internal.requests(), 0, 'a redirect was followed')
      assert.ok(answers.every(failed), answers[0]?.text)
      return `${answers.length} errors, 0 redirects followed`
    },
  },
  {
    name: 'an external API that returns 190 hits of markup',
    refusedBy: 'hits cut to the limit, then cleaned in linear time',
    async run(attacker, { api }) {
      api.setFault({ kind: 'reply', status: 200, headers: json, body: JSON.stringify({ pages }) })
      const answers = await concurrently(40, 4, (n) => attacker.post(search('markup', n)))
      const hits = answers.map(({ text }) => text.split('"snippet"').length - 1)
      // On a busy machine a response can miss the client's deadline.
      const late = answers.filter(failed).length
      const found = hits.filter((count) => count === 5).length
      assert.ok(found >= 1 && found + late === answers.length, `hits: ${hits.join(' ')}`)
      return `${found} × 5 hits, ${late} × too late`
    },
  },
]
