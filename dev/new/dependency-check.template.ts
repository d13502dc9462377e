import type { Template } from './templates.ts'

export const dependencyCheck: Template = {
  files: ({ snake, kebab, camel }) => ({
    [`src/health/${kebab}.ts`]: `import type { DependencyCheck } from './health.ts'

/** Asks whether the server at this address answers. */
export const ${camel}Check = (url: string): DependencyCheck => ({
  name: '${snake}',
  critical: false,
  intervalMs: 15_000,
  async run(signal) {
    const response = await fetch(url, { signal })
    await response.body?.cancel()
    if (!response.ok) throw new Error(\`it answered with status \${response.status}\`)
  },
})
`,
    [`test/unit/${kebab}-check.test.ts`]: `import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { ${camel}Check } from '../../src/health/${kebab}.ts'
import { atEnd } from '../support/cleanup.ts'

const signal = AbortSignal.timeout(5_000)

describe('the check of ${snake}', () => {
  it('succeeds while it answers, and fails when it does not', async () => {
    let status = 200
    const server = createServer((_req, res) => res.writeHead(status).end()).listen(0, '127.0.0.1')
    atEnd(() => server.close())
    await once(server, 'listening')
    const check = ${camel}Check(\`http://127.0.0.1:\${(server.address() as AddressInfo).port}\`)
    await check.run(signal)
    status = 503
    await assert.rejects(async () => check.run(signal), /503/)
  })
})
`,
  }),
  edits: ({ snake }) => [
    {
      file: 'src/telemetry/operations.ts',
      from: "export type Dependency = 'database'",
      to: `export type Dependency = '${snake}' | 'database'`,
    },
  ],
  next: ({ snake, camel }) =>
    `To have /health ask it:
  1. src/config/config.ts and .env.example: a variable ${snake.toUpperCase()}_URL
  2. src/domain.ts: checks: [${camel}Check(config.${camel}Url)]
  3. docs/guides/health.md and metrics.md: its name among the dependencies`,
}
