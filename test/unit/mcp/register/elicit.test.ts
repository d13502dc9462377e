import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CLIENT_CAPABILITIES_META_KEY } from '@modelcontextprotocol/server'
import { InputRequired } from '../../../../src/mcp/pipeline/input-required.ts'
import { type AnsweredRequest, createElicit } from '../../../../src/mcp/register/elicit.ts'
import { arrivedMessage } from '../../../support/telemetry-fixtures.ts'

const request = {
  envelope: { [CLIENT_CAPABILITIES_META_KEY]: { elicitation: {} } } as object,
  inputResponses: {},
  requestState: () => undefined,
} as AnsweredRequest

/** Key of the same question in a message with these changes. */
async function keyOf(changes: Parameters<typeof arrivedMessage>[0]): Promise<string> {
  const elicit = createElicit({ ...arrivedMessage(changes), startedAtMs: 0 }, {}, request)
  const asked = await elicit({ message: 'Continue?' }).catch((thrown: unknown) => thrown)
  assert.ok(asked instanceof InputRequired)
  return Object.keys(asked.toResult().inputRequests ?? {}).join()
}

describe('createElicit', () => {
  it('keys an answer by its tool and its caller', async () => {
    const changes = [{}, { caller: 'other' }, { target: 'other' }]
    assert.equal(new Set(await Promise.all(changes.map(keyOf))).size, changes.length)
    assert.equal(await keyOf({}), await keyOf({}))
  })
})
