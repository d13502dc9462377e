/** Runs the official conformance suite against the endpoint and compares the results with the baseline. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { abortAfter } from './command.ts'
import { type Baseline, compareWithBaseline } from './compare-with-baseline.ts'
import { type ServerUnderTest, startServerUnderTest } from './server-under-test.ts'
import { runSuite } from './suite.ts'

const baselines = JSON.parse(await readFile(new URL('baseline.json', import.meta.url), 'utf8')) as Record<
  string,
  Baseline
>
const signal = abortAfter(6 * 60_000)
const total = { passed: 0, failed: 0 }

let server: ServerUnderTest | undefined
try {
  server = await startServerUnderTest(signal)
  console.log('revision    required  passed  expected to fail  problems')
  for (const [revision, baseline] of Object.entries(baselines)) {
    const folder = await mkdtemp(join(tmpdir(), 'conformance-'))
    try {
      const results = await runSuite(revision, server.url, { folder, signal })
      const { passed, expected, problems } = compareWithBaseline(results, baseline)
      const columns = [baseline.scenarios, passed, expected, problems.length]
      const widths = [8, 6, 16, 8]
      console.log(
        [revision, ...columns.map((value, index) => String(value).padStart(widths[index] ?? 0))].join('  '),
      )
      for (const problem of problems) console.log(`  problem: ${problem}`)
      for (const { name, warnings } of results) {
        for (const warning of warnings) console.log(`  advice: ${name}: ${warning}`)
      }
      total.passed += passed
      total.failed += problems.length
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }
} catch (error) {
  total.failed += 1
  console.log(`  problem: ${error instanceof Error ? error.message : error}`)
} finally {
  await server?.stop()
}
console.log(`${total.passed} passed, ${total.failed} failed`)
process.exit(total.failed === 0 ? 0 : 1)
