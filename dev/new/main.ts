/** `npm run new -- KIND NAME`: writes a tool, resource, prompt or dependency check, with a passing test. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { runMain } from '../lib/command.ts'
import { checkout } from '../lib/paths.ts'
import { scaffold } from './scaffold.ts'

await runMain(() => {
  const { written, next } = scaffold(process.argv.slice(2))
  // Line breaks and import order depend on the name and the folder.
  const biome = join(checkout, 'node_modules/.bin/biome')
  execFileSync(biome, ['check', '--write', ...written], { cwd: checkout, stdio: 'pipe' })
  for (const file of written) console.log(`wrote ${file}`)
  console.log(`\n${next}`)
})
