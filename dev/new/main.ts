/** Behind `npm run new -- KIND NAME`: writes a tool, resource, prompt or dependency check, and a test that passes. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describeError } from '../lib/expected-error.ts'
import { checkout } from '../lib/paths.ts'
import { scaffold } from './scaffold.ts'

try {
  const { written, next } = scaffold(checkout, process.argv.slice(2))
  // The name decides where lines break, and the folder how imports are sorted.
  const fix = ['check', '--write', ...written]
  execFileSync(join(checkout, 'node_modules/.bin/biome'), fix, { cwd: checkout, stdio: 'pipe' })
  for (const file of written) console.log(`wrote ${file}`)
  console.log(`\n${next}`)
} catch (error) {
  console.error(describeError(error))
  process.exitCode = 1
}
