import { liveLauncher } from '../launcher/launcher-record.ts'
import { ExpectedError } from '../lib/expected-error.ts'
import { type Connection, connect } from './connection.ts'
import { type TryOptions, usage } from './options.ts'
import { type Printer, resultLines } from './print.ts'
import { showSignals } from './show-signals.ts'
import { findSignals } from './signals.ts'
import { synopsis, toArguments } from './tool-arguments.ts'

const defaultUrl = 'http://localhost:8080/mcp'

/**
 * Calls a tool with a real client, and shows the server's signals for the call.
 * @returns the exit code: 0 if the tool succeeded
 */
export async function run(options: TryOptions | undefined, print: Printer): Promise<number> {
  if (options === undefined) {
    print.line(usage)
    return 0
  }
  const url = options.url ?? new URL(liveLauncher()?.serverUrl ?? defaultUrl)
  const connection = await connect(url, options.token)
  try {
    print.line(`${url}  (${connection.server})`)
    return await tryTool(connection, url, options, print)
  } finally {
    await connection.close()
  }
}

async function tryTool(
  connection: Connection,
  url: URL,
  options: TryOptions,
  print: Printer,
): Promise<number> {
  const list = connection.tools.map(({ name, inputSchema }) => `  ${synopsis(name, inputSchema)}`).join('\n')
  if (options.tool === undefined) {
    print.line(`\nTools:\n${list}\n\nTry one: npm run try -- TOOL VALUE. More: npm run try -- --help`)
    return 0
  }
  const tool = connection.tools.find(({ name }) => name === options.tool)
  if (tool === undefined) throw new ExpectedError(`Unknown tool "${options.tool}". Tools:\n${list}`)
  const args = toArguments(options.words, tool.inputSchema)
  const signals = await findSignals(url, tool.name, options.grafana)
  const before = await signals.metrics?.query().catch(() => undefined)

  const { result, durationMs, ...ids } = await connection.call(tool.name, args)
  const failed = result.isError === true
  print.heading(
    failed ? 'FAILED' : 'RESULT',
    `${tool.name} ${JSON.stringify(args)} in ${durationMs.toFixed(1)} ms`,
  )
  print.block(resultLines(result, options.full))
  if (failed) print.note(`Usage: ${synopsis(tool.name, tool.inputSchema)}`)
  await showSignals(signals, { ...ids, tool: tool.name, before }, print)
  return failed ? 1 : 0
}
