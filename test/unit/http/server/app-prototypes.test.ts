import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInThisContext } from 'node:vm'
import express from 'express'
import { withAppPrototypes } from '../../../../src/http/server/app-prototypes.ts'
import { afterFile } from '../../../support/cleanup.ts'

setFlagsFromString('--allow-natives-syntax')
const shareHiddenClass = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (a: object, b: object) => boolean

interface Exchange {
  readonly req: express.Request
  readonly res: express.Response
}

/** Sends two requests, and calls `compare` when the application has both. @returns the answers */
async function sendTwo(compare: (one: Exchange, other: Exchange) => void) {
  const app = express()
  let first: Exchange | undefined
  app.use((req, res) => {
    if (first === undefined) {
      first = { req, res }
      return
    }
    const both = [first, { req, res }] as const
    compare(...both)
    for (const { req, res } of both) res.json({ ip: req.ip, own: req.app === app && res.app === app })
  })
  const server = createServer(withAppPrototypes(app), app).listen(0, '127.0.0.1')
  afterFile(() => server.close().closeAllConnections())
  // Before Express. Fails on every version of Node, while hidden classes differ on Node 20 only.
  const before: boolean[] = []
  server.prependListener('request', (req, res) =>
    before.push(Object.getPrototypeOf(req) === app.request, Object.getPrototypeOf(res) === app.response),
  )
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const send = async () => (await fetch(`http://127.0.0.1:${port}`)).json()
  const answers = await Promise.all([send(), send()])
  assert.deepEqual(before, [true, true, true, true])
  return answers
}

describe('withAppPrototypes', () => {
  it('lets requests share a hidden class, and responses', async () => {
    let shared: boolean[] = []
    await sendTwo((one, other) => {
      shared = [shareHiddenClass(one.req, other.req), shareHiddenClass(one.res, other.res)]
    })
    assert.deepEqual(shared, [true, true])
  })

  it('keeps what Express adds to requests and responses', async () => {
    const answer = { ip: '127.0.0.1', own: true }
    assert.deepEqual(await sendTwo(() => undefined), [answer, answer])
  })
})
