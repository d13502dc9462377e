/** Behind `npm run try`: one call with a real client, and what the server's signals say of it. */

import { liveLauncher } from '../launcher/launcher-record.ts'
import { describeError, ExpectedError } from '../lib/expected-error.ts'
import { stateDir } from '../lib/paths.ts'
import { type Connection, connect } from './connection.ts'
import { findSignals } from './find-signals.ts'
import { readOptions, type TryOptions, usage } from './options.ts'
import { createPrinter, type Printer, resultText } from './print.ts'
import { showSignals } from './show-signals.ts'
import { synopsis, toArguments } from './tool-arguments.ts'

const usualUrl = 'http://localhost:8080/mcp'

/** @returns the exit code: 0 if the tool did what it was asked */
async function run(options: TryOptions): Promise<number> {
  const url = options.url ?? new URL(liveLauncher(stateDir)?.serverUrl ?? usualUrl)
  const colours = process.stdout.isTTY && !process.env.NO_COLOR
  const print = createPrinter((text) => process.stdout.write(text), colours)
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
  if (tool === undefined) throw new ExpectedError(`There is no tool "${options.tool}", but these:\n${list}`)
  const given = toArguments(options.words, tool.inputSchema)
  const signals = await findSignals(url, tool.name, options.grafana)
  const before = await signals.metrics?.look().catch(() => undefined)

  const { result, durationMs, ...ids } = await connection.call(tool.name, given)
  const failed = result.isError === true
  const what = `${tool.name} ${JSON.stringify(given)} in ${durationMs.toFixed(1)} ms`
  print.heading(failed ? 'FAILED' : 'RESULT', what)
  print.block(resultText(result, options.full))
  if (failed) print.note(`Usage: ${synopsis(tool.name, tool.inputSchema)}`)
  await showSignals(signals, { ...ids, tool: tool.name, before }, print)
  return failed ? 1 : 0
}

try {
  const options = readOptions(process.argv.slice(2), process.env)
  if (options === undefined) process.stdout.write(usage)
  else process.exitCode = await run(options)
} catch (error) {
  process.stderr.write(`${describeError(error)}\n`)
  process.exitCode = 1
}
