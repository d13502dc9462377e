import { type AuthMode, clientSetups } from '../../src/http/pages/client-setup.ts'
import { projectName as name } from '../lib/project-name.ts'
import { exampleCall } from '../services/domain.ts'
import type { RunningServices } from '../services/services.ts'

/** The page has the others. */
const announcedClients = new Set(['Claude Code', 'VS Code', 'Cursor'])

export interface Announced {
  readonly publicUrl: string
  readonly authMode: AuthMode
  readonly engines: RunningServices['engines']
  /** Whether the log and the traces are kept in `.local`. */
  readonly inbox: boolean
}

/** What `npm start` tells once the server accepts connections. */
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
  Telemetry      ${inbox ? '.local/log.jsonl, .local/spans.jsonl' : 'where OTEL_* variables say'}

One call as result, log line, metrics and trace:
  npm run try -- ${exampleCall}

${setups.map(({ client, todo, text }) => `${client}. ${todo}\n  ${onOneLine(text)}\n`).join('\n')}
Ctrl-C stops the server and everything that was started for it.
`
}

const onOneLine = (text: string) => text.replaceAll(/\n\s*/g, ' ')
