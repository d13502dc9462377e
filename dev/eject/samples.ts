/** Files and folders that exist for the sample only: search, documents, Wikipedia. */
export const removed = [
  // The domain.
  'src/documents',
  'src/wikipedia',
  'src/tools/add-document.tool.ts',
  'src/tools/fetch.tool.ts',
  'src/tools/search-all.tool.ts',
  'src/tools/search-wikipedia.tool.ts',
  'src/tools/search.tool.ts',
  'src/prompts/investigate-alert.prompt.ts',
  'src/resources/document.resource.ts',
  'src/commands/ingest.ts',
  'src/commands/progress.ts',
  'public/documents.css',
  'public/documents.js',
  'migrations/1_documents.sql',
  'migrations/3_document_headings.sql',
  'migrations/4_document_rows.sql',
  'migrations/5_document_kinds.sql',
  'migrations/6_document_owners.sql',
  'migrations/7_search_terms.sql',
  'migrations/8_drop_documents_heading.sql',
  'migrations/10_document_ids.sql',
  'prometheus/rules/external-api.yml',
  'prometheus/tests/circuit-breaker-open.yml',
  // Programs and suites that simulate, break or measure it.
  'bench',
  'dev/lib/chromium.ts',
  'dev/drill/drills/documents.ts',
  'dev/drill/drills/external-api.ts',
  'dev/eject',
  'dev/pictures',
  'dev/services/external-api.ts',
  'dev/services/sample-api.ts',
  'dev/services/sample-articles.json',
  'dev/services/sample-search.ts',
  'test/abuse',
  'test/browser',
  'test/clients',
  'test/collector',
  'test/compose',
  'test/faults',
  'test/fuzz',
  'test/search-quality',
  'test/soak',
  'test/stack/drills',
  '.github/workflows/sample.yml',
  // Its tests and their helpers.
  'test/e2e/sample',
  'test/integration/sample',
  'test/unit/bench',
  'test/unit/documents',
  'test/unit/wikipedia',
  'test/unit/config/domain.test.ts',
  'test/unit/dev/demo-activities.test.ts',
  'test/unit/dev/soak.test.ts',
  'test/unit/docs/checks.test.ts',
  'test/unit/docs/claims.test.ts',
  'test/unit/docs/examples.test.ts',
  'test/fork/eject.test.ts',
  'test/fork/tutorial.test.ts',
  'test/fork/support/while-started.ts',
  'test/stack/support/alertmanager.ts',
  'test/stack/support/webhook.ts',
  'test/support/docs',
  'test/support/faulty-api.ts',
  'test/support/gateway/nginx.ts',
  'test/support/gateway/stub-replica.ts',
  'test/support/injection-payloads.ts',
  'test/support/standalone-stack.ts',
  'test/support/page-markup.ts',
  'test/support/probe.mjs',
  'test/support/probed-server.ts',
  // Its documentation.
  'docs/images',
  'docs/performance.md',
  'docs/search-performance.md',
  'docs/soak.svg',
  'docs/guides/load-documents.md',
  'docs/guides/search-and-documents.md',
  'docs/guides/soak.md',
  'docs/guides/tutorial.md',
  'docs/guides/faults.md',
  'docs/guides/hostile-input.md',
  'docs/decisions/0005-typo-search-over-a-word-table.md',
  'docs/decisions/0006-content-addressed-ids.md',
  'docs/decisions/0029-search-ranks-candidates.md',
  'docs/decisions/0031-loads-merge-indexes-beside.md',
  'docs/decisions/0045-lexemes-are-made-in-the-server.md',
  'docs/runbooks/circuit-breaker-open.md',
] as const

/** Arguments of `npm run new`, one of each kind. */
export const scaffolded = [
  ['tool', 'count_words'],
  ['prompt', 'explain_topic'],
  ['resource', 'note'],
] as const

/** Tools, prompts and resources of the starter, which must not overwrite files of the fork. */
export const beginnings = [
  'src/tools/echo.tool.ts',
  'src/tools/count-words.tool.ts',
  'src/prompts/explain-topic.prompt.ts',
  'src/resources/note.resource.ts',
  'test/unit/tools/count-words.test.ts',
  'test/e2e/count-words.test.ts',
  'test/e2e/explain-topic.test.ts',
  'test/e2e/note.test.ts',
] as const

export const packages = {
  /** Scripts to remove. */
  scripts: ['bench', 'db:ingest', 'eject', 'test:collector', 'test:compose', 'test:fuzz', 'test:soak'],
  /** Packages to remove. */
  dependencies: ['axe-core', 'cockatiel', 'fast-check', 'playwright-core', 'tinypool'],
  /** Packages to move to devDependencies. */
  devDependencies: ['yaml'],
}

export interface Edit {
  readonly file: string
  readonly remove: RegExp
}

/** Passages to remove from files that stay. */
export const edits: readonly Edit[] = [
  { file: '.ci/run', remove: /\n# The suites of the sample\.[\s\S]*(?=\nfinish_background\n$)/ },
  { file: '.env.example', remove: /# Wikipedia, .*\n#EXTERNAL_API_URL=.*\n\n/ },
  {
    file: '.env.example',
    remove: /# Documents that callers .*\n#MAX_DOCUMENTS=.*\n#MAX_DOCUMENTS_PER_CALLER=.*\n\n/,
  },
  { file: 'docker-compose.yml', remove: / *EXTERNAL_API_URL: .*\n/ },
  { file: 'docs/guides/configuration.md', remove: /(\| `(EXTERNAL_API_URL|MAX_DOCUMENTS).*\n)+/ },
  { file: 'docs/runbooks/alerts.md', remove: /\| \[CircuitBreakerOpen\].*\n/ },
  { file: 'docs/guides/metrics.md', remove: /\| `mcp_circuit_breaker_state` .*\n/ },
  { file: 'package.json', remove: / && tsc -p dev\/eject\/starter/ },
  {
    file: 'test/rules/named-mutations.ts',
    remove: / {2}\{\n {4}alert: 'CircuitBreakerOpen'[\s\S]*?\n {2}\},\n/,
  },
  { file: 'tsconfig.json', remove: /,\n *"exclude": \["dev\/eject\/starter"\]/ },
]
