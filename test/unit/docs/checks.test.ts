import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { checks, problemsOf } from '../../support/docs/check-docs.ts'
import { parseDoc } from '../../support/docs/doc.ts'
import { commandsIn } from '../../support/docs/shell.ts'
import { serverPathsOf } from '../../support/docs/urls.ts'

const guide = 'docs/guides/try.md'
const problems = (check: keyof typeof checks, text: string) =>
  problemsOf(parseDoc(guide, text), checks[check])
const sh = (text: string) => `\`\`\`sh\n${text}\n\`\`\``
const promql = (text: string) => `\`\`\`promql\n${text}\n\`\`\``

/** Invalid text by check, and the problem it must report. */
const invalid: Readonly<Record<keyof typeof checks, readonly (readonly [text: string, problem: RegExp])[]>> =
  {
    commands: [
      ['`npm run nope`', /no script "nope"/],
      [sh('npm ci && npm run nope'), /no script "nope"/],
      [sh('PORT=1 npm run nope'), /no script "nope"/],
      ['`npm run --silent nope`', /no script "nope"/],
      ['`npm fly`', /no command "fly"/],
      [
        '`npm run try -- search words --nope`',
        /dev\/try\/options\.ts|dev\/try\/main\.ts has no option --nope/,
      ],
      ['`npm run try -- nope words`', /no tool "nope"/],
      ['`npm run drill -- nope`', /no drill "nope"/],
      ['`npm run new -- nope name`', /no kind "nope"/],
      ['`npm run test:fuzz -- --documents 5`', /test\/fuzz\/main\.ts has no option --documents/],
      ['`npm run test:fuzz --seed 5`', /put "--" before it/],
      ['`npm run test:soak -- --hours 5`', /no option --hours/],
      ['`npm run api-key -- create x --scope y`', /src\/commands\/api-key\.ts has no option --scope/],
      ['`npm run db:ingest -- DIR --prefix x`', /src\/commands\/ingest\.ts has no option --prefix/],
      ['`npm run generate -- --chek`', /no option --chek/],
      ['`npm run generate:check -- --chek`', /no option --chek/],
      ['`npm run bench -- nope`', /no benchmark "nope"/],
      ['`npm run bench -- search --docs 5`', /no option --docs/],
      ['`npm run test:rules -- nope`', /no suite "nope"/],
      ['`npm test -- nope`', /no suite or test file "nope"/],
      ['`npm test -- test/unit/nope.test.ts`', /no suite or test file/],
      ['`node dist/nope.js`', /no src\/nope\.ts/],
      ['`node --import ./dist/nope.js dist/main.js`', /no src\/nope\.ts/],
      ['`node --import tsx bench/search/main.ts --docs 5`', /no option --docs/],
      [sh('docker compose up -d nope'), /no service "nope"/],
      ['`docker compose stop nope`', /no service "nope"/],
      ['`docker compose fly`', /no subcommand "fly"/],
      ['`docker compose --profile nope up`', /no profile "nope"/],
      ['`docker compose up --scale nope=2`', /no service "nope"/],
      ['`docker compose exec nope sh`', /no service "nope"/],
      ['`docker compose -f nope.yml up`', /no file nope\.yml/],
      [sh('curll localhost'), /no program "curll"/],
      [sh('x=$(nope)'), /no program "nope"/],
    ],
    'local URLs': [
      ['<http://localhost:8088/mcp>', /port 8088/],
      [sh('curl localhost:8088'), /port 8088/],
      ['`127.0.0.1:9999`', /port 9999/],
      ['[it](http://localhost:3000/d/mcp-nope)', /no dashboard "mcp-nope"/],
    ],
    variables: [
      ['`LOG_LEVLE`', /LOG_LEVLE/],
      [sh('LEVEL=debug npm start'), /LEVEL/],
      ['`PORTT=8081 npm start`', /PORTT/],
      ['| `OTEL_NOPE` | x |', /OTEL_NOPE/],
      ['```text\nOAUTH_ISUER=https://auth.example.com\n```', /OAUTH_ISUER/],
    ],
    metrics: [
      ['`mcp_nope_total`', /no metric mcp_nope_total/],
      ['In prose, mcp_nope_total.', /no metric mcp_nope_total/],
      ['`nodejs_nope`', /no metric nodejs_nope/],
      ['`process_nope`', /no metric process_nope/],
      ['`http_requests_total`', /no metric http_requests_total/],
      ['`mcp_tool_calls_total_bucket`', /no metric/],
      ['`job:mcp_nope:ratio_rate5m`', /no rule records/],
      ['`mcp_tool_calls_total{tool="x"}`', /no label tool/],
      [promql('sum by (tool) (rate(mcp_tool_calls_total[5m]))'), /label tool/],
      [promql('histogram_quantile(0.95, mcp_tool_latency_seconds)'), /no metric mcp_tool_latency_seconds/],
      [promql('nope_total > 0'), /no metric nope_total/],
    ],
    alerts: [
      ['`HighErrorRates`', /no alert HighErrorRates/],
      ['See *SlowToolCall*.', /no alert SlowToolCall$/],
      ['```yaml\n- alertname: Nope\n```', /no alert Nope/],
      [promql('ALERTS{alertname="HighErrors"}'), /no alert HighErrors/],
    ],
    links: [
      ['[a](nope.md)', /no docs\/guides\/nope\.md/],
      ['[a](../../NOPE)', /no NOPE/],
      ['![a](../images/nope.png)', /no docs\/images\/nope\.png/],
      ['[a](logs.md#nope)', /no heading #nope/],
      ['[a](#nope)', /no heading #nope/],
      ['[a][b]\n\n[b]: nope.md', /no docs\/guides\/nope\.md/],
    ],
    files: [
      ['`src/nope.ts`', /no src\/nope\.ts/],
      ['`src/nope`', /no src\/nope/],
      ['`nope.ts`', /no nope\.ts/],
      ['`mcp/nope-*.ts`', /no mcp\/nope/],
      ['`prometheus/rules/nope.yml`', /no prometheus/],
      ['`dist/nope.js`', /no dist\/nope\.js/],
      ['`test/e2e/nope.test.ts:7`', /no test\/e2e\/nope\.test\.ts$/],
      [sh('cp deploy/nope.yaml .'), /no deploy\/nope\.yaml/],
      ['```\nsrc/\n  nope.ts  what it is\n```', /no src\/nope\.ts/],
    ],
    'span attributes and log fields': [
      ['`{ span.mcp.result.size > 5 }`', /attribute mcp\.result\.size/],
      ['`{ name = "x" } >> { resource.nope = "a" }`', /attribute nope/],
      ['```logql\n{service_name="x"} | error_cod="a"\n```', /field error_cod/],
      ['```logql\n{service_name="x"} | line_format "{{.nope}}"\n```', /field nope/],
    ],
  }

const valid: Readonly<Record<keyof typeof checks, readonly string[]>> = {
  commands: [
    sh('cp .env.example .env && docker compose up -d --build --wait  # all of it'),
    sh(`curl -sS http://localhost:8080/mcp \\\n  -d '{"a":\n   "npm run nope"}'`),
    sh('docker compose exec postgres psql --nope nope'),
    sh(`docker compose --profile '*' logs --since 10m server | grep nope`),
    '`npm run try -- search "burn rate" --url http://localhost:8080/mcp`',
    '`npm run new -- tool my_tool`, then `npm run try -- my_tool VALUE`',
    '`npm test -- unit`, `npm test -- test/unit/docs/docs.test.ts`, `npm run drill -- NAME`',
    '`npm run test:soak -- --minutes 2 --plot x.svg`',
    '`npm run api-key -- create "CI" --scopes a,b --expires 90d`',
    '`npm run db:ingest -- DIR --as notes`, `npm run generate:check`',
    '`node --import tsx bench/search/main.ts --documents 10 --markdown x.md`',
    '`npm run bench -- --quick`, `npm run bench -- search --documents 10`, `npm run test:rules -- mutants calls.yml`',
  ],
  'local URLs': ['`PORT=8081 npm start` is at http://localhost:8081', 'http://localhost:9093/#/alerts.'],
  variables: [
    '`DATABASE_URL`, `OTEL_*`, `YOUR_STORE`',
    sh('PORT=8081 npm start'),
    sh('HEADER=x\ncurl -H "$HEADER"'),
  ],
  metrics: [
    '`mcp_tool_latency_seconds_bucket{le="0.5"}`, `nodejs_eventloop_lag_p99_seconds`',
    '`mcp_app` is a role, `mcp_*` are all',
    promql('sum by (tool_name) (rate(mcp_tool_calls_total{job="mcp-server"}[5m]))'),
  ],
  alerts: ['HighErrorRate, `AppError` and TypeScript'],
  'span attributes and log fields': [
    '`{ span.mcp.result.bytes > 5 && resource.service.name = "x" }`, `{ cause: error }`',
    '```logql\n{service_name="x"} | gen_ai_tool_name="a" | duration_ms > 5\n```',
  ],
  links: ['[a](logs.md), [b](#one), [c](../../LICENSE), [d](https://example.org/nope.md)\n\n# One'],
  files: [
    '`src/tools`, `mcp/define/define-*.ts`, `src/tools/NAME.tool.ts`, `dist/main.js`, `tools/call`, `../errors.ts`',
    '```text\nwrote test/e2e/nope.test.ts\n```\n\n`npm test -- test/e2e/nope.test.ts`',
  ],
}

describe('document checks', () => {
  for (const [check, rows] of Object.entries(invalid) as [keyof typeof checks, (typeof invalid)['links']][]) {
    it(`${check}: reports each invalid reference`, () => {
      for (const [text, problem] of rows) {
        const found = problems(check, `# One\n\n${text}\n`)
        assert.equal(found.length, 1, `${text}\n${found.join('\n')}`)
        assert.match(found[0] ?? '', problem, text)
        assert.match(found[0] ?? '', /^docs\/guides\/try\.md:\d+: /)
      }
    })

    it(`${check}: accepts valid references`, () => {
      for (const text of valid[check]) assert.deepEqual(problems(check, text), [], text)
    })
  }

  it('reports the line of each problem', () => {
    const text =
      '---\ntags: [a]\n---\n# One\n\none\n`src/one.ts` two\nthree `src/two.ts`\n\n| a |\n|---|\n| b |\n| `src/three.ts` |\n'
    assert.deepEqual(
      problems('files', text).map((problem) => problem.split(':')[1]),
      ['7', '8', '13'],
    )
    assert.match(problems('commands', `one\n\n${sh('git log\n\nnope')}`)[0] ?? '', /:6: /)
  })

  it('splits shell code into commands and words', () => {
    const words = (text: string) => commandsIn(text).map((command) => command.words.join(' '))
    assert.deepEqual(words('a "b c" && d | e; f # g'), ['a b c', 'd', 'e', 'f'])
    assert.deepEqual(words('a \\\n  b > c 2>&1\nd <e'), ['a b', 'd'])
    assert.deepEqual(words(`for i in 1 2; do a '{"b":\n 1}'; done`), ['for i in 1 2', 'a {"b":\n 1}', 'done'])
    assert.deepEqual(words('a=$(b c) d'), ['', 'b c', 'd'])
  })

  it('extracts the server paths of a document', () => {
    const doc = parseDoc(
      guide,
      '`/health` `POST /mcp` `/etc/passwd.txt x` http://localhost:8080/a?b http://localhost:3000/c',
    )
    assert.deepEqual(
      serverPathsOf(doc).map(({ method, path }) => `${method} ${path}`),
      ['GET /health', 'POST /mcp', 'GET /a'],
    )
  })
})
