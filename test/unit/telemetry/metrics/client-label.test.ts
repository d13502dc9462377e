import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientLabel } from '../../../../src/telemetry/metrics/client-label.ts'
import { withHangGuard } from '../../../support/hang-guard.ts'

/** Names as clients send them. */
const labels: Readonly<Record<string, string>> = {
  'claude-ai': 'claude-ai',
  'claude-ai (via mcp-remote 0.1.37)': 'claude-ai via mcp-remote',
  'claude-code': 'claude-code',
  'Visual Studio Code': 'vscode',
  'cursor-vscode': 'cursor',
  'openai-mcp': 'openai',
  'codex-mcp-client': 'codex',
  'gemini-cli-mcp-client': 'gemini',
  'inspector-client': 'inspector',
  mcp: 'mcp',
  'mcp (via mcp-remote 0.1.37)': 'mcp via mcp-remote',
  'mcp-remote': 'mcp-remote',
  'mcp-remote-fallback-test': 'mcp-remote',
  'Java SDK MCP Client': 'java-sdk',
  rmcp: 'rmcp',
  mcporter: 'mcporter',
  mcpc: 'mcpc',
  mcpClient: 'other',
  'mcp-something-else': 'other',
  '(via mcp-remote 1)': 'other via mcp-remote',
  '': 'other',
}

describe('clientLabel', () => {
  for (const [name, label] of Object.entries(labels))
    it(`maps ${JSON.stringify(name)} to ${label}`, () => {
      assert.equal(clientLabel(name), label)
    })

  it('maps a missing name to other', () => {
    assert.equal(clientLabel(undefined), 'other')
  })

  it('takes linear time for hostile names', () => {
    const name = '(via mcp-remote '.repeat(60_000)
    assert.equal(
      withHangGuard(() => clientLabel(name)),
      'other',
    )
  })
})
