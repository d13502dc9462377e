/** `npm run new -- KIND NAME`: writes a tool, resource, prompt or dependency check, with a passing test. */
import { run, runMain } from '../lib/command.ts'
import { scaffold } from './scaffold.ts'

await runMain(() => {
  const { written, next } = scaffold(process.argv.slice(2))
  // Line breaks and import order depend on the name and the folder.
  run('node_modules/.bin/biome', 'check', '--write', ...written)
  for (const file of written) console.log(`wrote ${file}`)
  console.log(`\n${next}`)
})
