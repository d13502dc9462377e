import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { afterFile } from '../../../test/support/cleanup.ts'
import { exampleNameCheck } from './example-name.ts'

describe('the check of example_name', () => {
  it('succeeds on a 200 response, and fails on 503', async () => {
    const signal = AbortSignal.timeout(5_000)
    let status = 200
    const server = createServer((_req, res) => res.writeHead(status).end()).listen(0, '127.0.0.1')
    afterFile(() => server.close())
    await once(server, 'listening')
    const check = exampleNameCheck(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await check.run(signal)
    status = 503
    await assert.rejects(async () => check.run(signal), /503/)
  })
})
