import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ParsedRequest } from '../../../../src/mcp/sdk/parsed-request.ts'

const url = 'http://localhost:8080/mcp?x=1'
const fields = { 'content-type': 'application/json', 'x-a': '1, 2', 'set-cookie': ['a=1', 'b=2'] }

describe('ParsedRequest', () => {
  const { signal } = new AbortController()
  const make = () => new ParsedRequest(url, { method: 'POST', headers: fields, signal }) as unknown as Request
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['x-a', '1'],
    ['x-a', '2'],
    ['set-cookie', 'a=1'],
    ['set-cookie', 'b=2'],
  ]
  const real = new Request(url, { method: 'POST', headers })

  it('returns method, URL, signal and headers as a Request does', () => {
    const request = make()
    assert.equal(request.method, real.method)
    assert.equal(request.url, real.url)
    assert.equal(request.signal, signal)
    for (const name of ['content-type', 'CONTENT-TYPE', 'x-a', 'set-cookie', 'missing'])
      assert.equal(request.headers.get(name), real.headers.get(name), name)
  })

  it('supports all methods of Headers and keeps changes', () => {
    const request = make()
    assert.deepEqual([...request.headers], [...real.headers])
    assert.equal(request.headers.has('X-A'), true)
    assert.deepEqual(request.headers.getSetCookie(), ['a=1', 'b=2'])
    request.headers.set('x-a', '3')
    assert.equal(request.headers.get('x-a'), '3')
  })

  it('supports all other properties of Request, with an empty body', async () => {
    const request = make()
    for (const name of ['mode', 'redirect', 'credentials', 'bodyUsed', 'body', 'cache'] as const)
      assert.equal(request[name], real[name], name)
    assert.deepEqual([...request.clone().headers], [...real.headers])
    assert.equal(await request.clone().text(), '')
    assert.equal(await request.text(), '')
  })
})
