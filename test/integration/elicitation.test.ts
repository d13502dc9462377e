import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import type { ElicitResult } from '@modelcontextprotocol/client'
import { z } from 'zod'
import { AppError } from '../../src/errors.ts'
import { defineTool } from '../../src/mcp/define/define-tool.ts'
import { callTool } from '../support/call-tool.ts'
import { connectAnswering, connectors } from '../support/clients.ts'
import { envelope, post } from '../support/raw.ts'
import { type ServedCatalog, serveCatalog } from '../support/served-catalog.ts'

const base = {
  title: 'Book a table',
  description: 'Asks for missing values.',
  effect: 'write',
  scopes: ['data:write'],
} as const

/** Asks twice, one question after the other. */
const book = defineTool({
  ...base,
  name: 'book',
  input: z.object({ day: z.string(), note: z.string().optional() }),
  output: z.object({ booked: z.string() }),
  async run({ day }, { elicit }) {
    const form = z.object({
      seats: z.int().min(1).max(8),
      place: z.enum(['inside', 'outside']).default('inside'),
    })
    const table = await elicit({ message: `How many seats on ${day}?`, form })
    if (table.action !== 'accept') throw new AppError('conflict', `The user chose ${table.action}.`)
    const seats: number = table.content.seats
    const confirmed = await elicit({ message: `Book ${seats} seats ${table.content.place}?` })
    return { booked: confirmed.action === 'accept' ? `${day}, ${seats} ${table.content.place}` : 'nothing' }
  },
})

/** Asks two questions at once. */
const pair = defineTool({
  ...base,
  name: 'pair',
  input: z.object({}),
  async run(_args, { elicit }) {
    const answers = await Promise.all([elicit({ message: 'First?' }), elicit({ message: 'Second?' })])
    return answers.map(({ action }) => action).join(' ')
  },
})

let served: ServedCatalog
before(async () => {
  served = await serveCatalog({ tools: [book, pair] })
})

const answers =
  (seats: ElicitResult, confirmation: ElicitResult, asked: string[] = []) =>
  (message: string) => {
    asked.push(message)
    return message.startsWith('How many') ? seats : confirmation
  }
const accept = (content: Record<string, string | number> = {}): ElicitResult => ({
  action: 'accept',
  content,
})
const text = (result: { content: unknown }) => (result.content as { text: string }[])[0]?.text ?? ''

const capable = { ...envelope, 'io.modelcontextprotocol/clientCapabilities': { elicitation: {} } }
/** One request, whose question is not answered automatically. */
async function request(params: Record<string, unknown>, meta: object = capable) {
  const all = { name: 'book', arguments: { day: 'Monday' }, ...params, _meta: meta }
  const body = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: all }
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': all.name }
  return (await post(served.url, body, headers)).message.result
}
const keyOf = ({ inputRequests }: { inputRequests: object }) => Object.keys(inputRequests).join()

describe('elicit', () => {
  it('asks the user of the official client, question after question', async () => {
    const asked: string[] = []
    const client = await connectAnswering(served.url, answers(accept({ seats: 4 }), accept(), asked))
    const { structuredContent } = await client.callTool({ name: 'book', arguments: { day: 'Monday' } })
    assert.deepEqual(structuredContent, { booked: 'Monday, 4 inside' })
    assert.deepEqual(asked, ['How many seats on Monday?', 'Book 4 seats inside?'])
  })

  it('tells the tool when the user declines or cancels', async () => {
    for (const action of ['decline', 'cancel'] as const) {
      const client = await connectAnswering(served.url, answers({ action }, accept()))
      const result = await client.callTool({ name: 'book', arguments: { day: 'Monday' } })
      assert.deepEqual([result.isError, text(result)], [true, `conflict: The user chose ${action}.`])
    }
    const second = await connectAnswering(served.url, answers(accept({ seats: 4 }), { action: 'decline' }))
    const { structuredContent } = await second.callTool({ name: 'book', arguments: { day: 'Monday' } })
    assert.deepEqual(structuredContent, { booked: 'nothing' })
  })

  it('asks two questions in one round', async () => {
    const { inputRequests } = await request({ name: 'pair', arguments: {} })
    assert.equal(Object.keys(inputRequests).length, 2)
    const client = await connectAnswering(served.url, (message) =>
      message === 'First?' ? accept() : { action: 'decline' },
    )
    assert.equal(text(await client.callTool({ name: 'pair', arguments: {} })), 'accept decline')
  })

  it('sends the form as the JSON Schema of the protocol', async () => {
    const { inputRequests, resultType } = await request({})
    assert.equal(resultType, 'input_required')
    const [{ method, params }] = Object.values(inputRequests) as [{ method: string; params: object }]
    assert.equal(method, 'elicitation/create')
    assert.deepEqual((params as { requestedSchema: { properties: object } }).requestedSchema.properties, {
      seats: { type: 'integer', minimum: 1, maximum: 8 },
      place: { type: 'string', enum: ['inside', 'outside'], default: 'inside' },
    })
  })

  it('fails with conflict and names the reason in the 2025 revisions', async () => {
    const reason = /^conflict: The user must answer "How many seats on Monday\?" .* 2025 revisions .* session/
    const legacy = [
      await connectors['v2 client, 2025'](served.url),
      await connectors['v1 client, 2025'](served.url),
      await connectAnswering(served.url, answers(accept({ seats: 4 }), accept()), '2025'),
    ]
    for (const client of legacy) {
      const result = await client.callTool({ name: 'book', arguments: { day: 'Monday' } })
      assert.equal(result.isError, true)
      assert.match(text(result), reason)
    }
  })

  it('fails with conflict and names the capability that the client does not declare', async () => {
    const client = await connectors['v2 client, 2026-07-28'](served.url)
    const result = await client.callTool({ name: 'book', arguments: { day: 'Monday' } })
    assert.equal(result.isError, true)
    assert.match(text(result), /^conflict: .* the client must declare the capability "elicitation"/)
    const onlyUrls = {
      ...envelope,
      'io.modelcontextprotocol/clientCapabilities': { elicitation: { url: {} } },
    }
    assert.match(text(await request({}, onlyUrls)), /^conflict: .* "elicitation" with forms/)
  })
})

describe('an answer', () => {
  it('counts only for the arguments that it was asked for', async () => {
    const monday = await request({})
    const inputResponses = { [keyOf(monday)]: accept({ seats: 2 }) }
    const answered = await request({ inputResponses })
    assert.match(JSON.stringify(answered.inputRequests), /Book 2 seats inside\?/)
    const other = await request({ arguments: { day: 'Tuesday' }, inputResponses })
    assert.match(JSON.stringify(other.inputRequests), /How many seats on Tuesday\?/)
    assert.notEqual(keyOf(other), keyOf(monday))
    // The same question in another call.
    const noted = await request({ arguments: { day: 'Monday', note: 'other' }, inputResponses })
    assert.match(JSON.stringify(noted.inputRequests), /How many seats on Monday\?/)
  })

  it('is validated against the form, from the client and from the state that it returns', async () => {
    const key = keyOf(await request({}))
    for (const content of [{ seats: 99 }, { seats: 'four' }, {}]) {
      const answer = { [key]: accept(content as never) }
      for (const params of [{ inputResponses: answer }, { requestState: JSON.stringify(answer) }]) {
        const result = await request(params)
        assert.equal(result.isError, true)
        assert.match(
          text(result),
          /^invalid_arguments: Invalid answer to "How many seats on Monday\?": seats: /,
        )
      }
    }
  })

  it('is not taken from a state that the server did not send', async () => {
    for (const requestState of ['', 'x', '7', 'null', '{"a":'])
      assert.match(
        text(await request({ requestState })),
        /^invalid_arguments: Invalid requestState; call again/,
      )
    for (const requestState of ['{"confirmed":true}', '{"__proto__":{"action":"accept"}}', '[]']) {
      const { inputRequests } = await request({ requestState })
      assert.match(JSON.stringify(inputRequests), /How many seats/)
    }
  })
})

describe('a call that asks the user', () => {
  it('is one call per request in log and metrics, without an error', async () => {
    const before = served.records.length
    const client = await connectAnswering(served.url, answers(accept({ seats: 3 }), accept()))
    const calls = async () =>
      [
        ...(await served.metrics()).matchAll(
          /^mcp_tool_calls_total\{tool_name="book",status="(\w+)"\} (\d+)/gm,
        ),
      ].map(([, status, count]) => [status, Number(count)])
    const [[, succeeded] = [], failed] = await calls()
    await client.callTool({ name: 'book', arguments: { day: 'Friday' } })
    const records = served.records.slice(before).filter(({ method }) => method === 'tools/call')
    assert.deepEqual(
      records.map(({ status, resultType, errorCode }) => [status, resultType, errorCode]),
      [
        ['success', 'input_required', undefined],
        ['success', 'input_required', undefined],
        ['success', undefined, undefined],
      ],
    )
    assert.deepEqual(await calls(), [['success', Number(succeeded) + 3], failed])
    const lines = served.lines.filter((line) => line['gen_ai.tool.name'] === 'book').slice(-3)
    assert.deepEqual(
      lines.map(({ outcome, level }) => [outcome, level]),
      [
        ['input_required', 'info'],
        ['input_required', 'info'],
        ['success', 'info'],
      ],
    )
  })
})

describe('callTool', () => {
  it('answers the questions of a tool', async () => {
    const asked: string[] = []
    const answer = answers(accept({ seats: 5, place: 'outside' }), accept(), asked)
    const { result, record } = await callTool(book, { day: 'Sunday' }, { answer })
    assert.deepEqual(result, { booked: 'Sunday, 5 outside' })
    assert.equal(asked.length, 2)
    assert.equal(record.resultType, undefined)
  })

  it('fails with conflict without an answer', async () => {
    await assert.rejects(callTool(book, { day: 'Sunday' }), { code: 'conflict' })
  })
})

describe('a cached tool', () => {
  it('has no elicit, because a cached result must not depend on an answer', () => {
    const cached = { ...base, effect: 'read', name: 'cached', input: z.object({}) } as const
    const wrong = (['public', 'caller'] as const).map((share) => () => {
      const cache = { ttlSeconds: 1, share }
      // @ts-expect-error no elicit.
      return defineTool({ ...cached, cache, run: async (_args, { elicit }) => String(elicit) })
    })
    assert.equal(wrong.length, 2)
  })
})
