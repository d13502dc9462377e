import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { anonymous } from '../../../../src/auth/caller.ts'
import { definePrompt } from '../../../../src/mcp/define/define-prompt.ts'
import { defineResource } from '../../../../src/mcp/define/define-resource.ts'
import { limitTime } from '../../../../src/mcp/pipeline/limit-time.ts'
import type { OperationCall } from '../../../../src/mcp/pipeline/pipeline.ts'
import { createCallContext } from '../../../../src/mcp/register/call-context.ts'
import { preparePrompt } from '../../../../src/mcp/register/prompts.ts'
import { prepareResources } from '../../../../src/mcp/register/resources.ts'
import { silentLogger as logger } from '../../../support/logger.ts'
import { arrivedMessage } from '../../../support/telemetry-fixtures.ts'

const hang = () => new Promise<never>(() => {})
const common = { name: 'hangs', title: 'Hangs', description: 'Never ends.', scopes: ['data:read'] } as const
const stages = [limitTime]

const prompt = preparePrompt(
  definePrompt({ ...common, args: z.object({ topic: z.string() }), complete: { topic: hang }, run: hang }),
  stages,
)
const resource = defineResource({
  ...common,
  mimeType: 'text/plain',
  uriTemplate: 'hang://{id}',
  ttlSeconds: 60,
  list: hang,
  read: hang,
  complete: { id: hang },
})
const { families, list } = prepareResources([resource], stages)
const calls: Readonly<Record<string, OperationCall | undefined>> = {
  'prompts/get': prompt.call,
  'completion/complete of a prompt': prompt.complete.get('topic'),
  'resources/list': list,
  'resources/read': families[0]?.read,
  'completion/complete of a resource': families[0]?.complete.get('id'),
}

describe('a handler that hangs', () => {
  for (const [name, call] of Object.entries(calls))
    it(`fails ${name} with timeout after 5 s`, async ({ mock }) => {
      mock.timers.enable({ apis: ['setTimeout'] })
      const context = createCallContext(
        { services: {} as never, caller: anonymous, logger },
        { ...arrivedMessage(), startedAtMs: 0 },
        new AbortController().signal,
      )
      const result = call?.(undefined, context) ?? assert.fail()
      const soon = () => Promise.race([result, nextTurn('pending')])
      assert.equal(await soon(), 'pending')
      mock.timers.tick(4_999)
      assert.equal(await soon(), 'pending')
      mock.timers.tick(1)
      await assert.rejects(async () => result, { code: 'timeout' })
    })
})
