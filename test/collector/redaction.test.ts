import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { waitFor } from '../../dev/lib/wait-for.ts'
import { type Collector, recordsOf, send, spansOf, startCollector } from './collector.ts'

/** Texts that contain a secret. */
const secrets: Readonly<Record<string, (secret: string) => string>> = {
  'bearer token': (secret) => `Authorization: Bearer ${secret}`,
  'basic credentials': (secret) => `authorization: basic ${secret}`,
  JWT: (secret) => `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${secret}`,
  'password of a URL': (secret) => `postgres://app:${secret}@db:5432/app`,
  'password=': (secret) => `connect password=${secret} host=db`,
  'token in JSON': (secret) => `{"token":"${secret}"}`,
  'api_key:': (secret) => `api_key: ${secret}`,
  'API key of the server': (secret) => `mcp_0123456789ab_${secret}`,
}

const string = (value: string) => ({ stringValue: value })
const attribute = (key: string, value: object) => ({ key, value })
const array = (value: string) => ({ arrayValue: { values: [string('first'), string(value)] } })
const map = (key: string, value: object) => ({ kvlistValue: { values: [{ key, value }] } })

/** Attribute values of every type that can hold text. */
const values: Readonly<Record<string, (text: string) => object>> = {
  string,
  array,
  map: (text) => map('message', string(text)),
  'array in a map': (text) => map('list', array(text)),
  'map in a map': (text) => map('cause', map('message', string(text))),
}
/** Attributes whose name tells that they are secret. */
const named: Readonly<Record<string, (secret: string) => object>> = {
  'attribute named password': (secret) => attribute('db.password', string(secret)),
  'attribute named token': (secret) => attribute('access_token', string(secret)),
  'map key named password': (secret) => attribute('options', map('password', string(secret))),
  'map key named api_key, nested': (secret) =>
    attribute('options', map('http', map('api_key', string(secret)))),
}

type Place = (attributes: readonly object[]) => object
const scopes = (scope: object, spans: object) => [{ scope, spans: [spans] }]
const spanWith = (span: object, scope: object = { name: 'test' }, resource: object = {}) => ({
  resourceSpans: [
    {
      resource,
      scopeSpans: scopes(scope, {
        traceId: randomBytes(16).toString('hex'),
        spanId: randomBytes(8).toString('hex'),
        name: 'planted',
        startTimeUnixNano: '1764000000000000000',
        endTimeUnixNano: '1764000002000000000',
        ...span,
      }),
    },
  ],
})
const recordWith = (record: object, scope: object = { name: 'test' }, resource: object = {}) => ({
  resourceLogs: [
    {
      resource,
      scopeLogs: [
        { scope, logRecords: [{ timeUnixNano: '1764000000000000000', body: string('planted'), ...record }] },
      ],
    },
  ],
})

const places: Readonly<Record<'traces' | 'logs', Readonly<Record<string, Place>>>> = {
  traces: {
    span: (attributes) => spanWith({ attributes }),
    'span event': (attributes) => spanWith({ events: [{ name: 'event', attributes }] }),
    scope: (attributes) => spanWith({}, { name: 'test', attributes }),
    resource: (attributes) => spanWith({}, undefined, { attributes }),
  },
  logs: {
    record: (attributes) => recordWith({ attributes }),
    scope: (attributes) => recordWith({}, { name: 'test', attributes }),
    resource: (attributes) => recordWith({}, undefined, { attributes }),
  },
}

/** Fields that are no attributes. */
const fields: Readonly<Record<'traces' | 'logs', Readonly<Record<string, (text: string) => object>>>> = {
  traces: {
    'span name': (text) => spanWith({ name: text }),
    'status message': (text) => spanWith({ status: { code: 2, message: text } }),
    'event name': (text) => spanWith({ events: [{ name: text }] }),
    'trace state': (text) => spanWith({ traceState: `vendor=${text}` }),
  },
  logs: {
    'body of text': (text) => recordWith({ body: string(text) }),
    'event name': (text) => recordWith({ eventName: text }),
    ...Object.fromEntries(
      Object.entries(values).map(([type, value]) => [
        `body of type ${type}`,
        (text: string) => recordWith({ body: value(text) }),
      ]),
    ),
    'body with a key named password': (secret) => recordWith({ body: map('password', string(secret)) }),
  },
}

let collector: Collector
before(async () => {
  collector = await startCollector({ processors: { tail_sampling: { decision_wait: '1s' } } })
})

for (const signal of ['traces', 'logs'] as const) {
  describe(`a secret in the ${signal}`, () => {
    it('reaches no backend, in any field and form', async (test) => {
      const planted = new Map<string, string>()
      const plant = async (where: string, body: (secret: string) => object) => {
        const secret = `planted${randomBytes(8).toString('hex')}`
        planted.set(secret, where)
        await send(collector, signal, body(secret))
      }
      for (const [kind, textWith] of Object.entries(secrets)) {
        for (const [place, put] of Object.entries(places[signal]))
          for (const [type, value] of Object.entries(values))
            await plant(`${place} attribute, ${type}: ${kind}`, (secret) =>
              put([attribute('note', value(textWith(secret)))]),
            )
        for (const [field, put] of Object.entries(fields[signal]))
          await plant(`${field}: ${kind}`, (secret) => put(textWith(secret)))
      }
      for (const [place, put] of Object.entries(places[signal]))
        for (const [name, withSecret] of Object.entries(named))
          await plant(`${place}: ${name}`, (secret) => put([withSecret(secret)]))

      const received = () => (signal === 'traces' ? spansOf(collector.traces()) : recordsOf(collector.logs()))
      await waitFor(() => received().length === planted.size, { timeoutMs: 30_000 })
      const text = JSON.stringify(signal === 'traces' ? collector.traces() : collector.logs())
      const leaked = [...planted].filter(([secret]) => text.includes(secret)).map(([, where]) => where)
      assert.deepEqual(leaked, [])
      assert.ok(text.split('****').length > planted.size / 2)
      test.diagnostic(`${planted.size} secrets planted, none received`)
    })
  })
}

describe('what holds no secret', () => {
  it('arrives unchanged', async () => {
    const harmless = {
      name: 'tools/call search',
      kind: 2,
      status: { code: 2, message: 'not_found: there is no document "tokens"' },
      traceState: 'keep=1',
      events: [
        {
          timeUnixNano: '1764000001000000000',
          name: 'exception',
          attributes: [attribute('n', { intValue: '3' })],
        },
      ],
      attributes: [
        attribute('gen_ai.usage.input_tokens', { intValue: '42' }),
        attribute('url.full', string('https://en.wikipedia.org/w/rest.php')),
        attribute('argument_keys', array('password')),
        attribute('error', map('message', string('a basic question about tokens per second'))),
      ],
    }
    const sent = spanWith(harmless)
    await send(collector, 'traces', sent)
    const [{ traceId }] = spansOf(sent.resourceSpans)
    const find = () => spansOf(collector.traces()).find((span) => span.traceId === traceId)
    await waitFor(() => find() !== undefined, { timeoutMs: 30_000 })
    for (const [property, value] of Object.entries(harmless))
      assert.deepEqual(find()[property], value, property)
  })
})
