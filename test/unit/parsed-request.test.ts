import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parsedRequest } from '../../src/mcp/parsed-request.ts'

const url = 'http://localhost:8080/mcp?x=1'
const headers: [string, string][] = [
  ['Content-Type', 'application/json'],
  ['x-a', '1'],
  ['x-a', '2'],
]

describe('the request of a parsed body', () => {
  const { signal } = new AbortController()
  const request = parsedRequest(url, { method: 'POST', headers, signal })
  const real = new Request(url, { method: 'POST', headers })

  it('has what the SDK asks for as the platform has it', () => {
    assert.equal(request.method, real.method)
    assert.equal(request.url, real.url)
    assert.equal(request.signal, signal)
    assert.deepEqual([...request.headers], [...real.headers])
    assert.equal(request.headers.get('CONTENT-TYPE'), 'application/json')
    assert.equal(request.headers, request.headers)
  })

  it('has everything else of a request too, with an empty body', async () => {
    for (const name of ['mode', 'redirect', 'credentials', 'bodyUsed', 'body', 'cache'] as const)
      assert.equal(request[name], real[name], name)
    assert.equal(await request.clone().text(), '')
    assert.equal(await request.text(), '')
  })
})
