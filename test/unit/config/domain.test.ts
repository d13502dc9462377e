import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigError, loadConfig } from '../../../src/config/config.ts'

const required = { DATABASE_URL: 'postgres://localhost/mcp', REDIS_URL: 'redis://localhost' }

describe('EXTERNAL_API_URL', () => {
  it('defaults to Wikipedia', () => {
    assert.equal(loadConfig(required).domain.externalApiUrl, 'https://en.wikipedia.org')
  })

  it('drops trailing slashes', () => {
    const { domain } = loadConfig({ ...required, EXTERNAL_API_URL: 'https://api.example.org//' })
    assert.equal(domain.externalApiUrl, 'https://api.example.org')
  })

  it('rejects credentials without showing them', () => {
    assert.throws(
      () => loadConfig({ ...required, EXTERNAL_API_URL: 'https://user:hunter2@example.org' }),
      (error: unknown) =>
        error instanceof ConfigError &&
        /EXTERNAL_API_URL: must not contain a user or password$/m.test(error.message) &&
        !error.message.includes('hunter2'),
    )
  })
})
