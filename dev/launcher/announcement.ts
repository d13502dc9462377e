import { type AuthMode, clientSetups } from '../../src/http/pages/client-setup.ts'
import { projectName as name } from '../lib/project-name.ts'
import { exampleCall } from '../services/domain.ts'
import type { RunningServices } from '../services/services.ts'

/** The start page lists all clients. */
const announcedClients = new Set(['Claude Code', 'VS Code', 'Cursor'])

export interface Announced extends Pick<RunningServices, 'engines'> {
  readonly publicUrl: string
  readonly authMode: AuthMode
  /** Whether log and traces are written to `.local`. */
  readonly inbox: boolean
}

/** The text that `npm start` prints once the server accepts connections. */
export function announcement({ publicUrl, authMode, engines, inbox }: Announced): string {
  const url = `${publicUrl}/mcp`
  const setups = clientSetups({ name, url, authMode }).filter(({ client }) => announcedClients.has(client))
  return `
${name} is ready.

  Try it         ${publicUrl}
  MCP endpoint   ${url}
  A document     ${publicUrl}/documents/guides.quick-start

${Object.entries(engines)
  .map(([name, engine]) => `  ${name.padEnd(13)}  ${engine}`)
  .join('\n')}
  Telemetry      ${inbox ? '.local/log.jsonl, .local/spans.jsonl' : 'as configured by OTEL_* variables'}

One call as result, log line, metrics and trace:
  npm run try -- ${exampleCall}

${setups.map(({ client, todo, text }) => `${client}. ${todo}\n  ${text.replaceAll(/\n\s*/g, ' ')}\n`).join('\n')}
Ctrl-C stops the server and all services started with it.
`
}
