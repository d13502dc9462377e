import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { it } from 'node:test'
import express from 'express'
import { createSite } from '../../src/http/pages/site.ts'
import { afterFile } from '../support/cleanup.ts'
import { assertAccessible, call, callStatus, startBrowser, textOf, visit } from './support/browser.ts'

/** The site of a server with API keys, which records the Authorization headers of calls. */
async function startSiteWithApiKeys() {
  const credentials: (string | undefined)[] = []
  const app = express()
  app.use(
    createSite({
      server: { name: 'protected', title: 'Protected', version: '1.0.0', description: 'Requires a key' },
      publicUrl: 'https://mcp.example.com',
      authMode: 'api-key',
      tools: [{ name: 'ping', title: 'Ping', description: 'Pings', effect: 'destroy', inputSchema: {} }],
      watch: { grafana: undefined, prometheus: undefined, alertmanager: undefined },
      opsHere: false,
      health: { report: async () => ({ status: 'healthy', checks: { database: true }, details: {} }) },
      assets: 'public',
    }),
  )
  app.post('/mcp', (req, res) => {
    credentials.push(req.get('authorization'))
    res.json({ jsonrpc: '2.0', id: 1, result: { content: [{ type: 'text', text: 'pong' }] } })
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, credentials }
}

it('the API key field sends the key with calls, but does not store or display it', async () => {
  const site = await startSiteWithApiKeys()
  const { page, browserErrors } = await visit(await startBrowser(), site.url)
  const dialogs: string[] = []
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message())
    void dialog.accept()
  })
  await call(page, 'ping')
  await callStatus(page, 'ping')
  await page.getByLabel('API key').fill(' s3cret ')
  await call(page, 'ping')
  assert.match(await callStatus(page, 'ping'), /^Success/)
  assert.equal(await textOf(page.locator('#tool-ping .result')), 'pong')
  assert.deepEqual(site.credentials, [undefined, 'Bearer s3cret'])
  assert.equal(dialogs.length, 2, 'a destructive tool must ask for confirmation')
  assert.doesNotMatch(String(await page.evaluate('document.body.innerText')), /s3cret/)
  assert.deepEqual(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]'), [
    0,
    0,
    '',
  ])
  await assertAccessible(page)
  await page.reload()
  assert.equal(await page.getByLabel('API key').inputValue(), '')
  assert.deepEqual(browserErrors(), [])
})
