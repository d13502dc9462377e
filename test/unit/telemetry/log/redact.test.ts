import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { redact, redactFields } from '../../../../src/telemetry/log/redact.ts'
import { withHangGuard } from '../../../support/hang-guard.ts'

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'

describe('redact', () => {
  it('redacts secrets inside of any text', () => {
    for (const [text, secret] of [
      ['Authorization: Bearer abc123def456', 'abc123def456'],
      ['authorization: basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
      [`token ${jwt} was refused`, 'eyJ'],
      ['connect postgres://app:hunter2@db:5432/app failed', 'hunter2'],
      ['rediss://:hunter2@cache', 'hunter2'],
      ['{"password":"hunter2"}', 'hunter2'],
      ['api_key=hunter2&x=1', 'hunter2'],
      ['https://as.example/?access_token=hunter2', 'hunter2'],
      ['{"client_secret": "hunter2", "refreshToken":"hunter2"}', 'hunter2'],
      ['DB_PASSWORD=hunter2', 'hunter2'],
      [`revoke mcp_0123456789ab_${'s3cr3t'.repeat(7)} at once`, 's3cr3t'],
    ] as const) {
      const clean = String(redact(text))
      assert.ok(!clean.includes(secret), clean)
      assert.match(clean, /\[redacted\]/)
    }
  })

  it('redacts fields by name at any depth', () => {
    for (const name of [
      'password',
      'passwd',
      'secret',
      'client_secret',
      'token',
      'access_token',
      'Authorization',
      'set-cookie',
      'api_key',
      'x-api-key',
      'apiKey',
      'private_key',
      'privateKey',
      'credential',
      'bearer',
      'jwt',
      'client_assertion',
    ])
      assert.deepEqual(
        redactFields({ a: [{ [name]: ['hunter2'] }] }),
        { a: [{ [name]: '[redacted]' }] },
        name,
      )
  })

  it('redacts errors and their causes and keeps their codes', () => {
    const error = new Error('no: Bearer abc123def456', {
      cause: Object.assign(new Error('postgres://u:hunter2@h'), { code: 'E1' }),
    })
    const clean = JSON.stringify(redact({ error }))
    assert.doesNotMatch(clean, /abc123def456|hunter2/)
    assert.match(clean, /"code":"E1"/)
  })

  it('keeps all other values unchanged', () => {
    const harmless = {
      text: 'a basic question about tokens per second',
      n: 1,
      yes: true,
      none: null,
      url: 'https://example.org/a?b=c',
      argument_keys: ['password'],
    }
    assert.deepEqual(redactFields(harmless), harmless)
  })

  it('terminates on circular references and unusual types', () => {
    const circle: Record<string, unknown> = {}
    circle.self = circle
    assert.ok(JSON.stringify(redact({ circle, big: 10n, date: new Date(0) })).length < 500)
  })

  it('takes linear time for any repeated text', () => {
    for (const part of [
      'x',
      'x-',
      'a.',
      '-eyJaaaaa',
      '.eyJaaaaa',
      'token ',
      'bearer ',
      'mcp_0123456789ab_',
      'a:',
      '://a:',
    ]) {
      const text = `document://token ${part.repeat(1_000_000 / part.length)}`
      assert.equal(typeof withHangGuard(() => redact(text)), 'string')
    }
  })
})
