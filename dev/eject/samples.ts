import type { Change } from './changes.ts'

/** Files and folders that are of use with the samples only. */
export const removed = [
  // The domain.
  'src/documents',
  'src/tools/add-document.tool.ts',
  'src/tools/fetch.tool.ts',
  'src/tools/search-all.tool.ts',
  'src/tools/search-wikipedia.tool.ts',
  'src/tools/search.tool.ts',
  'src/prompts/investigate-alert.prompt.ts',
  'src/resources/document.resource.ts',
  'src/wikipedia',
  'src/commands/ingest.ts',
  'src/commands/progress.ts',
  'migrations/1_documents.sql',
  'migrations/3_document_headings.sql',
  'migrations/4_document_rows.sql',
  // What plays and breaks it.
  'bench',
  'dev/lib/chromium.ts',
  'dev/drill/drills/documents.ts',
  'dev/drill/drills/external-api.ts',
  'test/support/gateway',
  'dev/pictures',
  'dev/services/external-api.ts',
  'dev/services/sample-api.ts',
  'dev/services/sample-articles.json',
  'dev/services/sample-search.ts',
  'dev/services/wikipedia-reachable.ts',
  // What tests it.
  'test/browser',
  'test/compose',
  'test/faults',
  'test/fuzz',
  'test/soak',
  'test/stack/drills',
  'test/stack/support/alertmanager.ts',
  'test/stack/support/webhook.ts',
  'test/fork/eject.test.ts',
  'test/support/docs',
  'test/e2e/documentation.test.ts',
  'test/unit/docs/claims.test.ts',
  'test/unit/docs/checks.test.ts',
  'test/unit/docs/examples.test.ts',
  'test/fork/support/while-started.ts',
  'test/support/hostile-texts.ts',
  'test/support/own-stack.ts',
  'test/support/probe.mjs',
  'test/support/probed-server.ts',
  'test/support/page-parts.ts',
  'test/unit/documents/documents.test.ts',
  'test/unit/http/pages/pages.test.ts',
  'test/unit/wikipedia/excerpt.test.ts',
  'test/unit/wikipedia/retry-after.test.ts',
  'test/unit/dev/demo-activities.test.ts',
  'test/unit/dev/soak.test.ts',
  'test/integration/document-store.test.ts',
  'test/integration/search-bounds.test.ts',
  'test/integration/stampede.test.ts',
  'test/integration/wikipedia.test.ts',
  'test/e2e/document-changes.test.ts',
  'test/e2e/documents.test.ts',
  'test/e2e/external-api.test.ts',
  'test/e2e/hostile-input.test.ts',
  // What describes it.
  'docs/images',
  'docs/performance.md',
  'docs/search-performance.md',
  'docs/soak.svg',
  'docs/guides/search-and-documents.md',
  'docs/guides/soak.md',
  'docs/guides/faults.md',
  'docs/guides/hostile-input.md',
  'docs/decisions/0005-typo-search-over-a-word-table.md',
  'docs/decisions/0006-content-addressed-ids.md',
  'docs/decisions/0029-search-ranks-candidates.md',
  'docs/decisions/0031-loads-merge-indexes-beside.md',
  // The circuit breaker of the external API, as it is watched.
  'docs/runbooks/circuit-breaker-open.md',
  'prometheus/tests/circuit-breaker-open.yml',
]

/** Files of `dev/eject/starter`, which take the place of those of the samples or begin something new. */
export const starter = [
  'README.md',
  'dev/demo/activities.ts',
  'src/domain.ts',
  'src/http/pages/docs-page.ts',
  'src/services.ts',
  'src/tools/README.md',
  'src/tools/echo.tool.ts',
  'src/tools/schemas.ts',
  'test/conformance/stand-ins.ts',
  'test/e2e/clients.test.ts',
  'test/e2e/docs-pages.test.ts',
  'test/stack/support/traffic-activities.ts',
  'test/support/sample-calls.ts',
  'test/support/stack.ts',
]

/** What `npm run new` adds to it, so that there is one of each kind. */
export const scaffolded = [
  ['tool', 'count_words'],
  ['prompt', 'explain_topic'],
  ['resource', 'note'],
]

/** What an author of tools sees of all that: no file of theirs may be in its place. */
export const beginnings = [
  'src/tools/echo.tool.ts',
  'src/tools/count-words.tool.ts',
  'src/prompts/explain-topic.prompt.ts',
  'src/resources/note.resource.ts',
]

/** Scripts of package.json whose programs are gone. */
export const scripts = ['bench', 'db:ingest', 'pictures', 'test:compose', 'test:fuzz', 'test:soak']

/** Packages that nothing uses any more. */
export const dependencies = ['axe-core', 'cockatiel', 'fast-check', 'playwright-core']

/** Those that only development still needs. */
export const devDependencies = ['yaml']

/** In this order; a file of the starter can be changed too. */
export const changes: readonly Change[] = [
  // Configuration.
  { file: 'src/config/config.ts', lines: /externalApiUrl/ },
  { file: 'src/config/variables.ts', cut: '  // fetch refuses such a URL only', upTo: '  ALLOWED_HOSTS:' },
  { file: '.env.example', cut: '# Wikipedia, or a server', upTo: '# Host names a request' },
  { file: 'docker-compose.yml', lines: /EXTERNAL_API_URL/ },
  { file: 'docs/guides/configuration.md', lines: /^\| `EXTERNAL_API_URL`/ },
  // Schema and corpus.
  { file: 'src/commands/migrate.ts', lines: /ingestFolder|corpus is loaded/ },
  { file: 'src/commands/migrate.ts', from: 'up to date and loads the corpus.', to: 'up to date.' },
  // What is built from it.
  {
    file: 'src/telemetry/operations.ts',
    from: "'database' | 'redis' | 'external_api'",
    to: "'database' | 'redis'",
  },
  { file: 'src/http/pages/home-page.ts', lines: /external_api/ },
  { file: 'dev/services/services.ts', lines: /external-api|External API/ },
  {
    file: 'dev/launcher/announcement.ts',
    from: 'npm run try -- search "burn rate"',
    to: 'npm run try -- echo hello',
  },
  // The circuit breaker, as it is watched.
  {
    file: 'src/telemetry/metrics/definitions.ts',
    cut: '  mcp_circuit_breaker_state: {',
    upTo: '  mcp_pg_pool_connections',
  },
  { file: 'docs/guides/metrics.md', lines: /mcp_circuit_breaker_state/ },
  {
    file: 'grafana/generator/dependencies/health.ts',
    cut: 'const breakerStates',
    upTo: 'export const health',
  },
  { file: 'grafana/generator/dependencies/health.ts', cut: '    states({\n      id: 103', upTo: '  ],\n}\n' },
  { file: 'grafana/generator/dependencies/operations.ts', from: ", 'CircuitBreakerOpen'", to: '' },
  {
    file: 'prometheus/rules/dependencies.yml',
    cut: '      # An average, because a breaker',
    upTo: '      - alert: CacheErrors',
  },
  {
    file: 'test/rules/named-mistakes.ts',
    cut: "  {\n    alert: 'CircuitBreakerOpen'",
    upTo: "  {\n    alert: 'TargetAbsent'",
  },
  // The tool that drills call.
  {
    file: 'dev/drill/called-tool.ts',
    from: "name: 'search'",
    to: "name: 'echo'",
  },
  { file: 'dev/drill/called-tool.ts', from: '({ query: text })', to: '({ text })' },
  { file: 'dev/drill/called-tool.ts', from: 'needsDatabase: true', to: 'needsDatabase: false' },
  // Tests of several things.
  { file: 'test/unit/config/config.test.ts', lines: /externalApiUrl/ },
  {
    file: 'test/unit/config/config.test.ts',
    cut: "  it('accepts no credentials in the address of the external API'",
    upTo: "  it('",
  },
  { file: 'test/run.ts', lines: /renderTable|tableFile|tmpdir/ },
  { file: 'test/run.ts', from: 'readdirSync, rmSync', to: 'readdirSync' },
  { file: 'test/run.ts', from: ', bundled sample API`', to: '`' },
  {
    file: 'test/run.ts',
    from: 'Faults have to be waited for, and so has their end; in a fork',
    to: 'In a fork',
  },
  { file: 'test/run.ts', from: '/faults|fork/', to: '/fork/' },
  // The calls by curl.
  { file: 'docs/guides/connect-a-client.md', from: /Mcp-Name: search\b/g, to: 'Mcp-Name: echo' },
  {
    file: 'docs/guides/connect-a-client.md',
    from: /"name":"search","arguments":\{[^}]*\}/g,
    to: '"name":"echo","arguments":{"text":"hello"}',
  },
  // What is said of safety.
  {
    file: 'SECURITY.md',
    lines: /hostile or broken external API|and the external API \||What the external API|The sample tools/,
  },
  {
    file: 'SECURITY.md',
    from: ', in PostgreSQL if a document is added, and go to the external API if that is searched',
    to: '',
  },
  {
    file: 'SECURITY.md',
    from: '`dev/services/sample-api.ts`: invented results. `deploy/alert-sink`: shows alerts to whoever looks. `dev/demo`, `dev/drill`: traffic and faults.',
    to: '`deploy/alert-sink`: shows alerts to whoever looks. `dev/demo`, `dev/drill`: traffic and faults.',
  },
  // What contributors read.
  { file: 'CONTRIBUTING.md', lines: /npm test -- (faults|browser)|npm run test:(fuzz|compose)/ },
  { file: 'CONTRIBUTING.md', from: ' `npm run db:ingest -- docs` loads changed documents.', to: '' },
  {
    file: 'CONTRIBUTING.md',
    from: 'npm run try -- search "burn rate"',
    to: 'npm run try -- echo hello',
  },
  { file: 'CONTRIBUTING.md', from: 'README.md#how-it-is-built', to: 'docs/guides/architecture.md' },
  {
    file: 'docs/guides/tests.md',
    lines: /^\| `npm (test -- (faults|browser)|run (test:(compose|fuzz|soak)|bench|pictures))\b/,
  },
  { file: 'docs/guides/tests.md', cut: '\n## Documents\n' },
  { file: 'docs/guides/architecture.md', lines: /^bench\// },
  // Programs and suites that are gone.
  { file: '.ci/run', from: 'nginx:nginx chromium:chromium ', to: '' },
  { file: '.ci/run', cut: '# Where there is an engine' },
  { file: '.github/workflows/ci.yml', from: 'prometheus-alertmanager nginx', to: 'prometheus-alertmanager' },
  { file: '.github/workflows/ci.yml', lines: /npm test -- (faults|fuzz)|npm run bench/ },
  { file: '.github/workflows/ci.yml', cut: '  browser:\n', upTo: '  # What a fork begins' },
  {
    file: '.github/workflows/ci.yml',
    from: 'a fork begins with, and whether a call has become dearer.',
    to: 'a fork begins with.',
  },
  { file: '.github/workflows/ci.yml', cut: '\n  compose:\n' },
  { file: '.ci/run', lines: /step npm test -- (faults|fuzz|browser)|step npm run bench/ },
  { file: 'knip.json', from: '{migrate,ingest,api-key}', to: '{migrate,api-key}' },
  { file: 'knip.json', from: '"nginx", ', to: '' },
  { file: 'knip.json', from: ', "bench/**/*.ts"', to: '' },
  { file: 'tsconfig.json', from: '"bench", ', to: '' },
  { file: 'biome.json', from: '"bench/**", ', to: '' },
  { file: 'knip.json', lines: /fuzz,soak|bench\/\{|probe\.mjs|test\/compose/ },
  { file: 'biome.json', lines: /"src\/commands\/ingest\.ts"/ },
]
