import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runCampaign } from './campaign.ts'

it('5,000 generated hostile requests violate no rule of the fuzzer', async () => {
  const { findings, requests } = await runCampaign({ seed: 20_260_728, count: 5_000 })
  assert.deepEqual(findings, [])
  assert.ok(requests >= 5_000)
})
