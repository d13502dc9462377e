import { projectName as name } from './project-name.ts'
import type { RunningServices } from './services.ts'

export interface Announced {
  readonly publicUrl: string
  readonly engines: RunningServices['engines']
  /** Whether the log and the traces are kept in `.local`. */
  readonly inbox: boolean
}

/** What `npm start` tells once the server accepts connections. */
export function announcement({ publicUrl, engines, inbox }: Announced): string {
  const url = `${publicUrl}/mcp`
  return `
${name} is ready.

  Try it         ${publicUrl}
  MCP endpoint   ${url}
  A document     ${publicUrl}/documents/guides.quick-start

  Database       ${engines.database}
  Redis          ${engines.redis}
  External API   ${engines.external_api}
  Telemetry      ${inbox ? '.local/log.jsonl, .local/spans.jsonl' : 'where OTEL_* variables say'}

One call as result, log line, metrics and trace:
  npm run try -- search "burn rate"

Claude Code:
  claude mcp add --transport http ${name} ${url}

VS Code, .vscode/mcp.json:
  ${JSON.stringify({ servers: { [name]: { type: 'http', url } } })}

Cursor, .cursor/mcp.json:
  ${JSON.stringify({ mcpServers: { [name]: { url } } })}

Ctrl-C stops the server and everything that was started for it.
`
}
