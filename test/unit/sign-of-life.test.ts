import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { createRequestedPause } from '../../src/services/requested-pause.ts'
import { whileAlive } from '../../src/services/sign-of-life.ts'

describe('an answer that is waited for', () => {
  it('may take long while there are signs of life', async () => {
    let asked = 0
    const answer = delay(2_000, 'late')
    const alive = async () => void asked++
    assert.equal(await whileAlive(answer, alive), 'late')
    assert.ok(asked >= 1)
  })

  it('is given up when there is none', async () => {
    const gone = new Error('gone')
    await assert.rejects(
      whileAlive(new Promise(() => {}), () => Promise.reject(gone)),
      gone,
    )
  })
})

describe('a pause that a server asks for', () => {
  const remainingAfter = (retryAfter: string | null) => {
    const pause = createRequestedPause()
    pause.begin(retryAfter)
    return Math.round(pause.remainingMs() / 1_000)
  }

  it('is a number of seconds or a date, and never longer than a minute', () => {
    assert.equal(remainingAfter('7'), 7)
    // A date has no parts of a second.
    assert.ok([19, 20].includes(remainingAfter(new Date(Date.now() + 20_000).toUTCString())))
    assert.equal(remainingAfter('86400'), 60)
    for (const unusable of [null, 'soon', '']) assert.equal(remainingAfter(unusable), 1)
    assert.equal(remainingAfter('0'), 0)
  })

  it('is not shortened by a second answer', () => {
    const pause = createRequestedPause()
    pause.begin('30')
    pause.begin('1')
    assert.ok(pause.remainingMs() > 20_000)
  })
})
