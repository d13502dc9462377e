import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { describeError } from '../../dev/lib/expected-error.ts'
import { readOptions } from '../../dev/try/options.ts'
import { createPrinter } from '../../dev/try/print.ts'
import { run } from '../../dev/try/run.ts'
import { afterFile } from '../support/cleanup.ts'
import { otlpEnvironment, startOtlpReceiver } from '../support/otlp.ts'
import { catalog, tryCommands } from '../support/sample-calls.ts'
import { startServer } from '../support/server.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
before(async () => {
  stack = await startStack()
})

/** Runs the command in this process. */
async function npmRunTry(args: string[], env: Record<string, string> = {}) {
  const output = { out: '', err: '' }
  const print = createPrinter((text) => {
    output.out += text
  }, false)
  const code = await run(readOptions(args, env), print).catch((error: unknown) => {
    output.err = describeError(error)
    return 1
  })
  return { code, ...output }
}
const tryStack = (...args: string[]) => npmRunTry([...args, '--url', stack.server.url])

describe('npm run try', () => {
  it('prints the result, the changed metrics, and where to find log line and trace', async () => {
    const { tool, words, shows } = tryCommands.right
    const { code, out } = await tryStack(tool, ...words)
    assert.equal(code, 0, out)
    assert.match(out, new RegExp(`RESULT {2}${tool} \\{"\\w+":"${words.join(' ')}"\\} in [\\d.]+ ms`))
    assert.match(out.slice(out.indexOf('RESULT')), shows)
    assert.match(
      out,
      new RegExp(
        `METRICS {2}http:\\S+/metrics[\\s\\S]* 0 → 1 +mcp_tool_calls_total\\{tool_name="${tool}",status="success"\\}`,
      ),
    )
    const [, requestId] = /LOG LINE[\s\S]*grep (\S+)\n/.exec(out) ?? []
    const line = await stack.server.line((line) => line.request_id === requestId)
    assert.equal(line['gen_ai.tool.name'], tool)
    assert.match(out, /TRACE {2}[0-9a-f]{32}\n {2}Not accessible from here/)
  })

  it('marks a failed tool call, prints its error, and exits with 1', async () => {
    const { tool, words, shows } = tryCommands.wrong
    const { code, out } = await tryStack(tool, ...words)
    assert.equal(code, 1)
    assert.match(out.slice(out.indexOf('FAILED')), shows)
    assert.match(out, new RegExp(`mcp_tool_errors_total\\{tool_name="${tool}",code="invalid_arguments"\\}`))
  })

  it('lists the tools without arguments, and for an unknown tool', async () => {
    const listed = await tryStack()
    assert.equal(listed.code, 0)
    assert.match(listed.out, tryCommands.listed)
    const unknown = await tryStack('nope')
    assert.equal(unknown.code, 1)
    const [first] = catalog.tools
    assert.match(unknown.err, new RegExp(`Unknown tool "nope". Tools:\\n {2}${first?.name}`))
  })

  it('is a command that prints problems to standard error and exits with 1', async () => {
    const failed = promisify(execFile)(process.execPath, ['--import', 'tsx', 'dev/try/main.ts', '--nope'])
    await assert.rejects(failed, { code: 1, stdout: '', stderr: /'--nope'/ })
  })

  it('ends quietly when its reader closes the pipe', async () => {
    const { tool, words } = tryCommands.right
    const command = `node --import tsx dev/try/main.ts ${tool} '${words.join(' ')}' --url ${stack.server.url} | head -n 1`
    const options = { env: { PATH: process.env.PATH ?? '' } }
    const { stderr } = await promisify(execFile)('bash', ['--norc', '-o', 'pipefail', '-c', command], options)
    assert.equal(stderr, '')
  })

  it('explains a missing server, and an address that is no MCP endpoint', async () => {
    const absent = await npmRunTry(['search', 'x', '--url', 'http://127.0.0.1:1'])
    assert.equal(absent.code, 1)
    assert.match(absent.err, /^No server at http:\/\/127\.0\.0\.1:1\/mcp\.\nStart one with "npm start"/)
    const other = await tryStack('search', 'x', '--url', `${stack.server.url}/documents`)
    assert.doesNotMatch(other.err, / at .*\.ts:/)
    const elsewhere = await npmRunTry(['search', 'x', '--url', `${stack.server.url}/nope`])
    assert.match(elsewhere.err, /responded 404\. Is this the address of an MCP server\?/)
  })

  it('explains a 401 with and without a token, sends MCP_TOKEN, and never prints it', async () => {
    const seen: (string | undefined)[] = []
    const url = await listen((authorization) => {
      seen.push(authorization)
      return { status: 401, body: {} }
    })
    assert.match(
      (await npmRunTry(['x', '--url', url])).err,
      /requires an API key or access token: MCP_TOKEN=…/,
    )
    const { err } = await npmRunTry(['x', '--url', url], { MCP_TOKEN: 's3cret' })
    assert.match(err, /rejected the API key or access token/)
    assert.ok(seen.includes('Bearer s3cret'), `${seen}`)
    assert.doesNotMatch(err, /s3cret/)
  })

  it('finds log line, metrics and trace through the Grafana that the server links to', async () => {
    const { tool, words, span } = tryCommands.right
    const otlp = await startOtlpReceiver()
    let calls = 4
    const grafana = await listen((_authorization, path) => {
      if (path.includes('/prometheus/')) {
        const of = (instance: string, value: number) => ({
          metric: { __name__: 'mcp_tool_calls_total', tool_name: tool, status: 'success', instance },
          value: [0, String(value)],
        })
        return { status: 200, body: { data: { result: [of('a', calls++), of('b', 7)] } } }
      }
      const traceId = /[0-9a-f]{32}/.exec(decodeURIComponent(path))?.[0]
      if (path.includes('/loki/')) {
        const stream = { service_name: 'observable-mcp-server', trace_id: traceId, outcome: 'success' }
        return { status: 200, body: { data: { result: [{ stream, values: [['0', 'mcp message']] }] } } }
      }
      const traced = otlp.bodies.map((body) => JSON.parse(body)).filter(({ resourceSpans }) => resourceSpans)
      const batches = traced.flatMap(({ resourceSpans }) => resourceSpans)
      return JSON.stringify(batches).includes(traceId ?? '-')
        ? { status: 200, body: { batches } }
        : { status: path.includes('/health') ? 200 : 404, body: {} }
    })
    const server = await startServer({
      ...stack.env,
      ...otlpEnvironment(otlp.url),
      GRAFANA_URL: grafana,
      OPS_PORT: '0',
    })
    const { out, err, code } = await npmRunTry([tool, ...words, '--url', server.url])
    assert.equal(code, 0, out + err)
    assert.match(out, /LOG LINE {2}Loki, through http[\s\S]*outcome +success/)
    assert.match(
      out,
      new RegExp(
        `METRICS {2}Prometheus, through http[\\s\\S]*11 → 12 +mcp_tool_calls_total\\{tool_name="${tool}",status="success"\\}`,
      ),
    )
    assert.match(
      out,
      new RegExp(
        `TRACE {2}[0-9a-f]{32} {2}Tempo, through http[\\s\\S]*\\n {2}POST /mcp[\\s\\S]*\\n {2}tools/call ${tool}[\\s\\S]*\\n {4}${span}`,
      ),
    )
  })
})

interface StubResponse {
  readonly status: number
  readonly body: object
}

async function listen(
  answer: (authorization: string | undefined, path: string) => StubResponse,
): Promise<string> {
  const server = createServer((request, response) => {
    const { status, body } = answer(request.headers.authorization, request.url ?? '')
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  afterFile(() => server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
