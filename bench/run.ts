/** `npm run bench -- [NAME] [OPTIONS]`: runs a benchmark with the packages and services it needs. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { benches } from './benches.ts'

const [first = '', ...rest] = process.argv.slice(2)
const isNamed = first !== '' && !first.startsWith('-')
const bench = benches[isNamed ? first : 'calls']
if (bench === undefined) {
  process.stderr.write(`Unknown benchmark "${first}". Known benchmarks: ${Object.keys(benches).join(', ')}\n`)
  process.exit(1)
}
// Ctrl-C also reaches the benchmark, which must clean up first.
process.on('SIGINT', () => {})

const typescript = ['--import', 'tsx']
if (bench.peers) await run('npm', 'ci', '--silent', '--prefix', 'bench')
const services = bench.services ? ['dev/launcher/with-services.ts', process.execPath, ...typescript] : []
await run(
  process.execPath,
  ...typescript,
  ...services,
  bench.file,
  ...(isNamed ? rest : process.argv.slice(2)),
)
if (bench.documented) await run(process.execPath, ...typescript, 'bench/docs.ts')

async function run(command: string, ...args: string[]): Promise<void> {
  const child = spawn(command, args, { stdio: 'inherit' })
  process.once('SIGTERM', () => child.kill())
  const [code] = await once(child, 'exit')
  if (code !== 0) process.exit(code ?? 1)
}
