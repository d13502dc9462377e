export interface Kind {
  /** By file of `templates`, where its copy goes. The word `example name` stands for the name in all spellings. */
  readonly files: Readonly<Record<string, string>>
  /** What is left for the author to do. */
  readonly next: string
}

export const kinds: Readonly<Record<string, Kind>> = {
  tool: {
    files: {
      'example-name.tool.ts': 'src/tools/example-name.tool.ts',
      'example-name.tool.test.ts': 'test/e2e/example-name.test.ts',
    },
    next: `Change description, schemas and run in src/tools/example-name.tool.ts, then: npm run check && npm test
example_name shows up in clients, on the page and in the dashboards by itself. More: docs/guides/add-a-tool.md`,
  },
  resource: {
    files: {
      'example-name.resource.ts': 'src/resources/example-name.resource.ts',
      'example-name.resource.test.ts': 'test/e2e/example-name.test.ts',
    },
    next: 'Change src/resources/example-name.resource.ts, then: npm run check && npm test',
  },
  prompt: {
    files: {
      'example-name.prompt.ts': 'src/prompts/example-name.prompt.ts',
      'example-name.prompt.test.ts': 'test/e2e/example-name.test.ts',
    },
    next: 'Change src/prompts/example-name.prompt.ts, then: npm run check && npm test',
  },
  check: {
    files: {
      'example-name.ts': 'src/health/example-name.ts',
      'example-name-check.test.ts': 'test/unit/example-name-check.test.ts',
    },
    next: `To have /health ask it:
  1. src/config/domain.ts and .env.example: a variable EXAMPLE_NAME_URL
  2. src/domain.ts: checks: [exampleNameCheck(config.domain.exampleNameUrl)]
  3. docs/guides/health.md and metrics.md: its name among the dependencies`,
  },
}
