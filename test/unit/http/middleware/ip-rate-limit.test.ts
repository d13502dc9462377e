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

  it('counts at most maxAddresses addresses and lets the rest share one quota', () => {
    const { send } = setUp({ perMinute: 2, maxAddresses: 10 })
    assert.equal(
      countPassed(10, (index) => send(`198.51.100.${index}`)),
      10,
    )
    assert.equal(
      countPassed(100, (index) => send(`203.0.113.${index}`)),
      2,
    )
    assert.equal(send('198.51.100.0'), true, 'a tracked address lost its own quota')
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
