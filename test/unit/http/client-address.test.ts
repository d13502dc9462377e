import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { describe, it } from 'node:test'
import { clientAddress } from '../../../src/http/client-address.ts'

const addressOf = (ip: string | undefined, remoteAddress: string | undefined = '192.0.2.1') =>
  clientAddress({ ip, socket: { remoteAddress } } as unknown as IncomingMessage)

describe('clientAddress', () => {
  it('returns the address that trusted proxies report, else the peer address', () => {
    assert.equal(addressOf('198.51.100.7'), '198.51.100.7')
    assert.equal(addressOf(undefined), '192.0.2.1')
    assert.equal(addressOf(undefined, ''), '')
  })

  it('ignores a reported text that is no IP address', () => {
    for (const reported of ['unknown', '198.51.100.7:x', '[unknown]:443', 'x'.repeat(8_000), '<script>', ' '])
      assert.equal(addressOf(reported), '192.0.2.1')
  })

  it('accepts the port that some proxies add', () => {
    assert.equal(addressOf('198.51.100.7:443'), '198.51.100.7')
    assert.equal(addressOf('[2001:db8:0:1::1]:443'), '2001:db8:0:1::/64')
    assert.equal(addressOf('[2001:db8:0:1::1]'), '2001:db8:0:1::/64')
  })

  it('maps IPv4-mapped IPv6 addresses to IPv4', () => {
    assert.equal(addressOf('::ffff:198.51.100.7'), '198.51.100.7')
    assert.equal(addressOf('::FFFF:198.51.100.7'), '198.51.100.7')
  })

  it('maps all addresses of an IPv6 /64 network to one key', () => {
    for (const address of [
      '2001:db8:0:1::1',
      '2001:0DB8:0000:0001:ffff:ffff:ffff:ffff',
      '2001:db8:0:1:2::%eth0',
    ])
      assert.equal(addressOf(address), '2001:db8:0:1::/64', address)
    assert.equal(addressOf('2001:db8:0:2::1'), '2001:db8:0:2::/64')
    assert.equal(addressOf('::1'), '0:0:0:0::/64')
    assert.equal(addressOf('2001:db8::'), '2001:db8:0:0::/64')
  })
})
