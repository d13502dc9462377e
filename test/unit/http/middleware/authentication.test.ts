import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import express, { type Response } from 'express'
import { InvalidCredential } from '../../../../src/auth/authenticator.ts'
import { createChallenge } from '../../../../src/auth/challenge.ts'
import { createAuthentication } from '../../../../src/http/middleware/authentication.ts'
import { afterFile } from '../../../support/cleanup.ts'
import { recordingLogger } from '../../../support/logger.ts'
import { bearer } from '../../../support/raw.ts'
import { until } from '../../../support/until.ts'

/** Serves an open response at each path; the one at /stream ends with its credential. */
async function setUp() {
  const { logger, lines } = recordingLogger()
  const checks: string[] = []
  let outcome: Error | undefined
  const authenticate = createAuthentication({
    authenticator: {
      async authenticate(credential) {
        checks.push(credential)
        if (outcome) throw outcome
        return { id: 'key:1', scopes: new Set<string>() }
      },
    },
    challenge: createChallenge(),
    scopes: [],
    reject: () => undefined,
    logger,
    recheckMs: 5,
  })
  const app = express()
  const open: Response[] = []
  const headers: unknown[] = []
  app.get('/:kind', authenticate, (req, res) => {
    headers.push(req.headers.authorization)
    if (req.params.kind === 'stream') res.locals.recheckCredential?.()
    open.push(res)
    res.write('open')
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const checksOf = (credential: string) => checks.filter((checked) => checked === credential).length
  return {
    lines,
    open,
    headers,
    checksOf,
    failWith: (error: Error | undefined) => {
      outcome = error
    },
    connect: (kind: string, credential: string) => fetch(`${url}/${kind}`, { headers: bearer(credential) }),
    /** Waits until the open stream of a credential was checked some more times. */
    async rechecked(credential: string, times: number) {
      const expected = checksOf(credential) + times
      await until(() => checksOf(credential) >= expected)
    },
  }
}

describe('createAuthentication', () => {
  it('checks the credential of an ordinary request once, and that of a stream again and again', async () => {
    const { connect, rechecked, checksOf } = await setUp()
    await connect('call', 'ordinary')
    await connect('stream', 'lasting')
    await rechecked('lasting', 5)
    assert.equal(checksOf('ordinary'), 1)
  })

  it('removes the credential from the request', async () => {
    const { connect, headers } = await setUp()
    await connect('call', 'secret')
    assert.deepEqual(headers, [undefined])
  })

  it('ends a stream when its credential becomes invalid, and then stops checking', async () => {
    const { connect, rechecked, checksOf, failWith } = await setUp()
    const ended = await connect('stream', 'revoked')
    await rechecked('revoked', 1)
    failWith(new InvalidCredential('revoked'))
    await assert.rejects(ended.text())
    failWith(undefined)
    const checks = checksOf('revoked')
    await connect('stream', 'lasting')
    await rechecked('lasting', 5)
    assert.ok(checksOf('revoked') <= checks + 1)
  })

  it('keeps streams open while credentials cannot be checked, and logs each outage once', async () => {
    const { connect, rechecked, open, lines, failWith } = await setUp()
    await Promise.all(['one', 'two'].map((credential) => connect('stream', credential)))
    for (const outage of [1, 2]) {
      failWith(new Error('store unavailable'))
      await Promise.all(['one', 'two'].map((credential) => rechecked(credential, 5)))
      assert.equal(lines.length, outage)
      const { message, level, function: name } = lines.at(-1) ?? assert.fail()
      assert.deepEqual(
        [message, level, name],
        ['credential recheck failed; streams stay open', 'error', 'recheck'],
      )
      failWith(undefined)
      await Promise.all(['one', 'two'].map((credential) => rechecked(credential, 5)))
    }
    assert.deepEqual(
      open.map(({ destroyed }) => destroyed),
      [false, false],
    )
  })
})
