import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseRedisGroup } from '../../../src/config/redis-url.ts'

const defaults = {
  tls: false,
  username: undefined,
  password: undefined,
  primaryName: undefined,
  database: 0,
  sentinelPassword: undefined,
}

describe('parseRedisGroup', () => {
  it('parses the sentinels and the name of the primary', () => {
    assert.deepEqual(parseRedisGroup('redis+sentinel://one:26379,two,[::1]:5000/mymaster'), {
      ...defaults,
      kind: 'sentinel',
      hosts: [
        { host: 'one', port: 26_379 },
        { host: 'two', port: 26_379 },
        { host: '::1', port: 5_000 },
      ],
      primaryName: 'mymaster',
    })
  })

  it('parses credentials, the database and the sentinel password', () => {
    const url = 'rediss+sentinel://app:p%40ss%2F@one/mymaster/3?sentinelPassword=other%20one'
    const { tls, username, password, database, sentinelPassword } = parseRedisGroup(url) ?? {}
    assert.deepEqual(
      { tls, username, password, database, sentinelPassword },
      { tls: true, username: 'app', password: 'p@ss/', database: 3, sentinelPassword: 'other one' },
    )
    assert.equal(parseRedisGroup('redis+sentinel://:secret@one/m')?.username, undefined)
  })

  it('parses the nodes of a cluster', () => {
    assert.deepEqual(parseRedisGroup('rediss+cluster://:s3cret@one,two:7000'), {
      ...defaults,
      kind: 'cluster',
      hosts: [
        { host: 'one', port: 6_379 },
        { host: 'two', port: 7_000 },
      ],
      tls: true,
      password: 's3cret',
    })
  })

  it('returns undefined for any other URL', () => {
    for (const url of [
      'redis://one:6379',
      'redis+sentinel://one:26379',
      'redis+sentinel://one:26379/',
      'redis+sentinel:///mymaster',
      'redis+sentinel://one,,two/mymaster',
      'redis+sentinel://one:99999/mymaster',
      'redis+sentinel://one/mymaster/first',
      'redis+sentinel://one/mymaster/0/1',
      'redis+sentinel://one/mymaster?sentinelpassword=x',
      'redis+sentinel://:%zz@one/mymaster',
      'redis+cluster://one/0',
      'redis+cluster://one?sentinelPassword=x',
      'redis+cluster://o ne',
      'http+cluster://one',
    ]) {
      assert.equal(parseRedisGroup(url), undefined, url)
    }
  })
})
