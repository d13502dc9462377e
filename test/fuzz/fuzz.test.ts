import assert from 'node:assert/strict'
import { it } from 'node:test'
import { runCampaign } from './campaign.ts'

it('nothing of what is sent breaks the server, or what it promises', async () => {
  const { findings, requests } = await runCampaign({ seed: 20_260_728, count: 5_000 })
  assert.deepEqual(findings, [])
  assert.ok(requests >= 5_000)
})
