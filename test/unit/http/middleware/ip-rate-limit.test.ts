import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import type { Request, Response } from 'express'
import { createIpRateLimit } from '../../../../src/http/middleware/ip-rate-limit.ts'
import type { Rejection } from '../../../../src/telemetry/rejections.ts'

function setUp(options: { perMinute: number; maxAddresses?: number }) {
  const rejections: (Rejection & { readonly headers: Record<string, string> })[] = []
  let headers: Record<string, string> = {}
  const rateLimit = createIpRateLimit({
    ...options,
    reject: (rejection) => {
      headers = {}
      rejections.push({ ...rejection, headers })
    },
  })
  /** @returns whether the request passed */
  function send(address: string, statusCode = 200): boolean {
    let passed = false
    const res = Object.assign(new EventEmitter(), {
      statusCode,
      setHeader: (name: string, value: string) => Object.assign(headers, { [name]: value }),
      end: () => undefined,
    })
    rateLimit({ ip: address, socket: {}, headers: {} } as Request, res as unknown as Response, () => {
      passed = true
    })
    res.emit('finish')
    return passed
  }
  return { send, rejections }
}

const countPassed = (count: number, sendNth: (index: number) => boolean) =>
  Array.from({ length: count }, (_, index) => sendNth(index)).filter(Boolean).length

describe('createIpRateLimit', () => {
  it('rejects requests of one address beyond its quota and passes those of others', () => {
    const { send, rejections } = setUp({ perMinute: 3 })
    assert.equal(
      countPassed(5, () => send('198.51.100.1')),
      3,
    )
    assert.equal(
      countPassed(3, () => send('198.51.100.2')),
      3,
    )
    assert.equal(rejections.length, 2)
    const { reason, httpStatus, headers, message = '' } = rejections[0] ?? assert.fail()
    assert.deepEqual([reason, httpStatus], ['rate_limited', 429])
    const wait = Number(headers['retry-after'])
    assert.ok(wait > 50 && wait <= 60)
    assert.equal(headers['ratelimit-policy'], '"address";q=3;w=60')
    assert.equal(headers.ratelimit, `"address";r=0;t=${wait}`)
    assert.doesNotMatch(message, /198\.51/)
  })

  it('counts a 401 as ten requests', () => {
    const { send } = setUp({ perMinute: 25 })
    assert.equal(
      countPassed(5, () => send('198.51.100.1', 401)),
      3,
    )
  })

  it('evicts small counts when new addresses exceed maxAddresses, and keeps large ones', () => {
    const { send } = setUp({ perMinute: 3, maxAddresses: 10 })
    countPassed(3, () => send('198.51.100.1'))
    assert.equal(
      countPassed(1_000, (index) => send(`10.0.${index >> 8}.${index & 255}`)),
      1_000,
    )
    assert.equal(send('198.51.100.1'), false)
  })

  it('limits an IPv6 /48 as well as each /64 in it, apart from IPv4', () => {
    const { send } = setUp({ perMinute: 2, maxAddresses: 10_000 })
    assert.equal(
      countPassed(3, () => send('2001:db8:1:1::7')),
      2,
    )
    assert.equal(
      countPassed(1_000, (index) => send(`2001:db8:2:${index.toString(16)}::1`)),
      32,
    )
    assert.equal(send('2001:db8:3:1::1'), true)
    assert.equal(send('198.51.100.1'), true)
  })

  it('resets the quota every minute', (test) => {
    let nowMs = 1_000
    test.mock.method(performance, 'now', () => nowMs)
    const { send } = setUp({ perMinute: 1 })
    assert.deepEqual([send('198.51.100.1'), send('198.51.100.1')], [true, false])
    nowMs += 60_000
    assert.equal(send('198.51.100.1'), true)
  })
})
