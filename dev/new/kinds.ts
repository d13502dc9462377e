export interface Kind {
  /** Targets by template in `templates`. The word `example name` is replaced in all spellings. */
  readonly files: Readonly<Record<string, string>>
  /** Next steps for the author. */
  readonly next: string
}

const moduleKind = (kind: 'tool' | 'resource' | 'prompt', next: string, files: Kind['files'] = {}): Kind => ({
  files: {
    [`example-name.${kind}.ts`]: `src/${kind}s/example-name.${kind}.ts`,
    ...files,
    [`example-name.${kind}.test.ts`]: 'test/e2e/example-name.test.ts',
  },
  next,
})

export const kinds: Readonly<Record<string, Kind>> = {
  tool: moduleKind(
    'tool',
    `Change description, schemas and run in src/tools/example-name.tool.ts, then: npm run check && npm test
The unit test takes milliseconds; the test in test/e2e calls a real server, and is optional.
example_name appears in clients, on the start page and in the dashboards by itself. More: docs/guides/add-a-tool.md`,
    { 'example-name.tool.unit.test.ts': 'test/unit/tools/example-name.test.ts' },
  ),
  resource: moduleKind(
    'resource',
    'Change src/resources/example-name.resource.ts, then: npm run check && npm test',
  ),
  prompt: moduleKind('prompt', 'Change src/prompts/example-name.prompt.ts, then: npm run check && npm test'),
  check: {
    files: {
      'example-name.ts': 'src/health/example-name.ts',
      'example-name-check.test.ts': 'test/unit/example-name-check.test.ts',
    },
    next: `To add it to /health:
  1. src/config/domain.ts and .env.example: a variable EXAMPLE_NAME_URL
  2. src/domain.ts: checks: [exampleNameCheck(config.domain.exampleNameUrl)]
  3. docs/guides/health.md and metrics.md: its name among the dependencies`,
  },
}
