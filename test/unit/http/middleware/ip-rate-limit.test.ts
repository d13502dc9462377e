import assert from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { describe, it } from 'node:test'
import type { Request, Response } from 'express'
import { createIpRateLimit } from '../../../../src/http/middleware/ip-rate-limit.ts'
import type { Rejection } from '../../../../src/telemetry/rejections.ts'

function guarded(options: { perMinute: number; maxAddresses?: number }) {
  const rejections: (Rejection & { readonly headers: Record<string, string> })[] = []
  let headers: Record<string, string> = {}
  const guard = createIpRateLimit({
    ...options,
    reject: (rejection) => {
      headers = {}
      rejections.push({ ...rejection, headers })
    },
  })
  /** @returns whether the request went on */
  function send(address: string, statusCode = 200): boolean {
    let passed = false
    const res = Object.assign(new EventEmitter(), {
      statusCode,
      setHeader: (name: string, value: string) => Object.assign(headers, { [name]: value }),
      end: () => undefined,
    })
    guard({ ip: address, socket: {}, headers: {} } as Request, res as unknown as Response, () => {
      passed = true
    })
    res.emit('finish')
    return passed
  }
  return { send, rejections }
}

const times = (count: number, act: (turn: number) => boolean) =>
  Array.from({ length: count }, (_, turn) => act(turn)).filter(Boolean).length

describe('the guard by address', () => {
  it('lets an address send so many requests, and others still theirs', () => {
    const { send, rejections } = guarded({ perMinute: 3 })
    assert.equal(
      times(5, () => send('198.51.100.1')),
      3,
    )
    assert.equal(
      times(3, () => send('198.51.100.2')),
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

  it('makes a failed authentication cost ten requests', () => {
    const { send } = guarded({ perMinute: 25 })
    assert.equal(
      times(5, () => send('198.51.100.1', 401)),
      3,
    )
  })

  it('counts no more addresses than it may; the rest share one count', () => {
    const { send } = guarded({ perMinute: 2, maxAddresses: 10 })
    assert.equal(
      times(10, (turn) => send(`198.51.100.${turn}`)),
      10,
    )
    assert.equal(
      times(100, (turn) => send(`203.0.113.${turn}`)),
      2,
    )
    assert.equal(send('198.51.100.0'), true, 'who is known keeps a count of its own')
  })

  it('begins anew with every minute', (test) => {
    let nowMs = 1_000
    test.mock.method(performance, 'now', () => nowMs)
    const { send } = guarded({ perMinute: 1 })
    assert.deepEqual([send('198.51.100.1'), send('198.51.100.1')], [true, false])
    nowMs += 60_000
    assert.equal(send('198.51.100.1'), true)
  })
})
