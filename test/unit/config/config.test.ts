import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import {
  ConfigError,
  configVariables,
  loadConfig,
  loadDatabaseConfig,
  loadDataConfig,
} from '../../../src/config/config.ts'

const required = { DATABASE_URL: 'postgres://app:hunter2@db/app', REDIS_URL: 'redis://cache' }

function problemsOf(env: Record<string, string>): string {
  try {
    loadConfig(env)
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.message
  }
  return assert.fail('the configuration was accepted')
}

describe('loadConfig', () => {
  it('requires only the stores and listens on loopback by default', () => {
    const config = loadConfig(required)
    assert.equal(config.port, 8080)
    assert.equal(config.host, '127.0.0.1')
    assert.equal(config.publicUrl, 'http://localhost:8080')
    assert.deepEqual(config.allowedHosts, ['localhost', '127.0.0.1', '[::1]'])
    assert.deepEqual(config.log, { level: 'info', format: 'json' })
  })

  it('reports all problems in one message', () => {
    const message = problemsOf({
      REDIS_URL: 'http://cache',
      PORT: '99999',
      LOG_LEVEL: 'loud',
      ALLOWED_HOSTS: 'https://a/b',
      ALLOW_ANONYMOUS: 'yes',
      HOST: '0.0.0.0',
    })
    for (const name of [
      'DATABASE_URL: is required',
      'REDIS_URL',
      'PORT',
      'LOG_LEVEL',
      'ALLOWED_HOSTS',
      'ALLOW_ANONYMOUS',
    ]) {
      assert.match(message, new RegExp(`^  - ${name}`, 'm'))
    }
    assert.match(message, /^Invalid configuration \(7 problems\):/)
  })

  it('gives the ops endpoints a port of their own beyond loopback', () => {
    const opsPort = (env: Record<string, string>) =>
      loadConfig({ ...required, ALLOW_ANONYMOUS: 'true', ...env }).opsPort
    assert.equal(opsPort({}), undefined)
    assert.equal(opsPort({ PORT: '0' }), undefined)
    assert.equal(opsPort({ OPS_PORT: '0', PORT: '0' }), 0)
    assert.equal(opsPort({ HOST: '0.0.0.0' }), 9464)
    assert.equal(opsPort({ HOST: '0.0.0.0', OPS_PORT: '8080' }), undefined)
    assert.equal(opsPort({ HOST: '0.0.0.0', OPS_PORT: '9000' }), 9000)
  })

  it('trims values and removes quotation marks around them', () => {
    const config = loadConfig({
      ...required,
      PORT: ' 9000\n',
      DATABASE_URL: `"${required.DATABASE_URL}"\n`,
      HOST: " '127.0.0.1' ",
    })
    assert.deepEqual(
      [config.port, config.host, config.databaseUrl],
      [9000, '127.0.0.1', required.DATABASE_URL],
    )
  })

  it('tells that a URL has no scheme', () => {
    for (const DATABASE_URL of ['app:pw@db/mcp', 'app:pw@db:5432/mcp'])
      assert.match(problemsOf({ ...required, DATABASE_URL }), /must be a URL that starts with postgres/)
  })

  it('tells to percent-encode a user or password that would end the host name early', () => {
    const unencoded = ['hunt#er2', 'hunt/er2', 'hunt?er2', '12/34', '12#34', '12?34', '100%secret']
    for (const password of unencoded) {
      for (const [name, url] of [
        ['DATABASE_URL', `postgres://app:${password}@db:5432/app`],
        ['REDIS_URL', `redis://:${password}@cache:6379`],
      ] as const) {
        const message = problemsOf({ ...required, [name]: url })
        assert.match(
          message,
          new RegExp(`${name}: percent-encode the user and password: # as %23, / as %2F`),
          url,
        )
        assert.ok(!message.includes(password), message)
        const encoded = url.replace(password, encodeURIComponent(password))
        loadConfig({ ...required, [name]: encoded })
      }
    }
    loadConfig({ ...required, DATABASE_URL: 'postgres://app:p@ss@db/app?application_name=a@b' })
    loadConfig({ ...required, DATABASE_URL: 'postgres:///app?host=db&user=a@b' })
  })

  it('never includes a value in an error message', () => {
    const message = problemsOf({
      DATABASE_URL: 'mysql://app:hunter2@db',
      REDIS_URL: 's3cret',
      PORT: 'hunter3',
      LOG_LEVEL: 'hunter4',
      PUBLIC_URL: 'hunter5',
    })
    assert.doesNotMatch(message, /hunter|s3cret|mysql/)
  })

  it('treats an empty variable as unset', () => {
    assert.equal(loadConfig({ ...required, PORT: '', PUBLIC_URL: ' ' }).port, 8080)
    assert.match(problemsOf({ ...required, REDIS_URL: '' }), /REDIS_URL: is required/)
  })

  it('rejects a non-loopback HOST without authentication unless ALLOW_ANONYMOUS is true', () => {
    for (const HOST of ['0.0.0.0', '::', '10.1.2.3', 'example.org', '127.evil.example']) {
      assert.match(problemsOf({ ...required, HOST }), /set ALLOW_ANONYMOUS=true/, HOST)
      assert.equal(loadConfig({ ...required, HOST, ALLOW_ANONYMOUS: 'true' }).host, HOST)
    }
    for (const HOST of ['localhost', '127.0.0.1', '127.9.9.9', '::1'])
      assert.equal(loadConfig({ ...required, HOST }).host, HOST)
  })

  it('allows the host of PUBLIC_URL, and only ALLOWED_HOSTS when that is set', () => {
    assert.ok(
      loadConfig({ ...required, PUBLIC_URL: 'https://mcp.example.org/' }).allowedHosts.includes(
        'mcp.example.org',
      ),
    )
    assert.deepEqual(loadConfig({ ...required, ALLOWED_HOSTS: 'a.example, b.example' }).allowedHosts, [
      'a.example',
      'b.example',
    ])
    assert.deepEqual(loadConfig({ ...required, ALLOWED_HOSTS: 'mcp_server' }).allowedHosts, ['mcp_server'])
  })

  it('rejects host names that never match and a PUBLIC_URL that is no base of paths', () => {
    for (const ALLOWED_HOSTS of ['*.example.org', 'https://a.example', 'a.example:80', 'a/b'])
      assert.match(problemsOf({ ...required, ALLOWED_HOSTS }), /ALLOWED_HOSTS: must be/)
    for (const PUBLIC_URL of ['https://a.example/mcp', 'https://a.example/?x', 'https://a.example/(x)'])
      assert.match(problemsOf({ ...required, PUBLIC_URL }), /PUBLIC_URL: must/, PUBLIC_URL)
    assert.equal(
      loadConfig({ ...required, PUBLIC_URL: 'https://a.example/tools/' }).publicUrl,
      'https://a.example/tools',
    )
    assert.equal(loadConfig({ ...required, PUBLIC_URL: 'https://mcp/' }).publicUrl, 'https://mcp')
  })

  it('allows browser extensions by their scheme', () => {
    assert.deepEqual(loadConfig({ ...required, ALLOWED_ORIGINS: 'moz-extension://*' }).allowedOrigins, [
      'moz-extension://*',
    ])
  })

  it('enables rate limits by default and disables them with RATE_LIMIT=off', () => {
    const { rateLimit, calls, streams, trustedProxyHops, corsOrigins } = loadConfig(required)
    assert.deepEqual(rateLimit, { caller: 600, tool: 300, address: 1_200 })
    assert.deepEqual(
      [calls, streams],
      [
        { total: 256, perCaller: 32 },
        { total: 1_000, perCaller: 20 },
      ],
    )
    assert.deepEqual([trustedProxyHops, corsOrigins], [0, []])
    assert.equal(loadConfig({ ...required, RATE_LIMIT: 'off' }).rateLimit, undefined)
    assert.match(
      problemsOf({ ...required, RATE_LIMIT: 'no', TRUSTED_PROXY_HOPS: '-1', MAX_STREAMS: '1.5' }),
      /TRUSTED_PROXY_HOPS: must be 0 to 10\n.*RATE_LIMIT: must be on or off\n.*MAX_STREAMS: must be a whole number/,
    )
  })

  it('parses CORS origins, allows their requests and rejects malformed ones', () => {
    const origins = 'https://App.example.org, http://localhost:6274'
    const { corsOrigins, allowedOrigins } = loadConfig({ ...required, CORS_ORIGINS: origins })
    assert.deepEqual(corsOrigins, ['https://app.example.org', 'http://localhost:6274'])
    assert.deepEqual(allowedOrigins, ['localhost', '127.0.0.1', '[::1]', 'app.example.org'])
    for (const CORS_ORIGINS of [
      '*',
      'app.example.org',
      'https://a.example/',
      'null',
      'https://a.example:443',
    ])
      assert.match(problemsOf({ ...required, CORS_ORIGINS }), /CORS_ORIGINS: must/, CORS_ORIGINS)
  })

  it('defaults to the pretty log format on a terminal', () => {
    assert.equal(loadConfig(required, true).log.format, 'pretty')
    assert.equal(loadConfig({ ...required, LOG_FORMAT: 'json' }, true).log.format, 'json')
  })
})

describe('AUTH_MODE', () => {
  const oauth = { ...required, AUTH_MODE: 'oauth', OAUTH_ISSUER: 'https://as.example/tenant' }

  it('defaults to none, and permits a non-loopback HOST with any other mode', () => {
    assert.deepEqual(loadConfig(required).auth, { mode: 'none' })
    const open = { HOST: '0.0.0.0', PUBLIC_URL: 'https://mcp.example.org' }
    assert.deepEqual(loadConfig({ ...required, ...open, AUTH_MODE: 'api-key' }).auth, { mode: 'api-key' })
    assert.equal(loadConfig({ ...oauth, ...open }).auth.mode, 'oauth')
    assert.match(problemsOf({ ...required, AUTH_MODE: 'basic' }), /AUTH_MODE: must be none, api-key or oauth/)
  })

  it('keeps the OAuth issuer as written and defaults the audience to the MCP URL', () => {
    assert.deepEqual(loadConfig({ ...oauth, PUBLIC_URL: 'https://mcp.example.org/' }).auth, {
      mode: 'oauth',
      issuer: 'https://as.example/tenant',
      audience: 'https://mcp.example.org/mcp',
      jwksUrl: undefined,
      requireAtJwt: false,
    })
    assert.deepEqual(
      loadConfig({
        ...oauth,
        OAUTH_AUDIENCE: 'api://mcp',
        OAUTH_JWKS_URL: 'https://as.example/keys',
        OAUTH_REQUIRE_AT_JWT: 'true',
      }).auth,
      {
        mode: 'oauth',
        issuer: oauth.OAUTH_ISSUER,
        audience: 'api://mcp',
        jwksUrl: 'https://as.example/keys',
        requireAtJwt: true,
      },
    )
  })

  it('rejects an OAuth issuer that is missing, not HTTPS or contains credentials', () => {
    assert.match(problemsOf({ ...required, AUTH_MODE: 'oauth' }), /OAUTH_ISSUER: is required/)
    for (const url of [
      'http://as.example',
      'as.example',
      'ftp://as.example',
      'http://localhost.evil.example',
    ]) {
      assert.match(problemsOf({ ...oauth, OAUTH_ISSUER: url }), /OAUTH_ISSUER: must be an https/, url)
      assert.match(problemsOf({ ...oauth, OAUTH_JWKS_URL: url }), /OAUTH_JWKS_URL: must be an https/, url)
    }
    for (const credentials of ['user:hunter2', 'user', ':hunter2'])
      assert.match(
        problemsOf({ ...oauth, OAUTH_ISSUER: `https://${credentials}@as.example` }),
        /OAUTH_ISSUER: must not contain a user, password or fragment$/m,
        credentials,
      )
    assert.equal(loadConfig({ ...oauth, OAUTH_ISSUER: 'http://127.0.0.1:9' }).auth.mode, 'oauth')
  })
})

describe('loadDatabaseConfig', () => {
  it('requires only DATABASE_URL', () => {
    assert.equal(
      loadDatabaseConfig({ DATABASE_URL: required.DATABASE_URL }).databaseUrl,
      required.DATABASE_URL,
    )
  })
})

describe('loadDataConfig', () => {
  it('does not require settings that only the server uses', () => {
    assert.equal(loadDataConfig({ ...required, HOST: '0.0.0.0' }).redisUrl, 'redis://cache')
  })
})

describe('.env.example', () => {
  it('lists exactly the variables of the server, apart from OpenTelemetry variables', () => {
    const [serverSection = ''] = readFileSync('.env.example', 'utf8').split('# For docker compose only')
    const named = [...serverSection.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name)
    assert.deepEqual(
      [...new Set(named)].filter((name) => !name?.startsWith('OTEL_')).sort(),
      [...configVariables].sort(),
    )
  })
})
