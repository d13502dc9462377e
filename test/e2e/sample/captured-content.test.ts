import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { otlpEnvironment, type ReceivedSpan, startOtlpReceiver } from '../../support/otlp.ts'
import { postModern } from '../../support/raw.ts'
import { startStack } from '../../support/stack.ts'

const secret = 'hunter2planted'
const text = `Use password=${secret} or redis://app:${secret}@db with Authorization: Bearer ${secret}. ${'More text. '.repeat(2_000)}`
const content = ['gen_ai.tool.call.arguments', 'gen_ai.tool.call.result'] as const
const contentOf = ({ attributes }: ReceivedSpan) => content.map((name) => attributes[name])

/** Adds a document with secrets, reads it and makes a failing call; returns their spans in this order. */
async function callTools(env: Record<string, string>) {
  const otlp = await startOtlpReceiver()
  const { server } = await startStack({ ...otlpEnvironment(otlp.url), OTEL_LOGS_EXPORTER: 'otlp', ...env })
  const call = (name: string, args: Record<string, unknown>) =>
    postModern(server.mcpUrl, 'tools/call', { name, arguments: args })
  const added = await call('add_document', { title: 'Connections', text })
  const { id } = added.message.result.structuredContent
  const { text: answer } = await call('fetch', { id })
  assert.ok(answer.includes(secret), 'the caller gets the document as it is')
  await call('search', { query: 7, password: secret, note: `token=${secret}` })
  const spans = []
  for (const name of ['add_document', 'fetch', 'search'])
    spans.push(await otlp.span((span) => span.name === `tools/call ${name}`))
  assert.equal(await server.stop(), 0)
  assert.doesNotMatch(JSON.stringify(server.lines), new RegExp(secret))
  return { spans, exported: otlp.bodies.join(), id }
}

describe('arguments and results of tool calls', () => {
  it('are on no span by default', async () => {
    const { spans, exported } = await callTools({})
    for (const span of spans) assert.deepEqual(contentOf(span), [undefined, undefined])
    assert.doesNotMatch(exported, /hunter2|More text/)
  })

  it('are on spans if the variable asks for them, redacted and cut', async () => {
    const { spans, exported, id } = await callTools({
      OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: 'true',
    })
    assert.doesNotMatch(exported, /hunter2/)
    const [added, fetched, failed] = spans.map(contentOf)
    for (const found of [added?.[0], fetched?.[1]]) {
      assert.match(String(found), /password=\[redacted\].*redis:\/\/\[redacted\]@db .* Bearer \[redacted\]/)
      assert.ok(String(found).length <= 4_096)
    }
    assert.equal(fetched?.[0], JSON.stringify({ id }))
    assert.match(String(added?.[1]), new RegExp(String(id)))
    assert.deepEqual(failed, ['{"query":7,"password":"[redacted]","note":"token=[redacted]"}', undefined])
  })
})
