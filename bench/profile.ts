/**
 * `profile.ts [--call echo|search|list] [--traces SHARE] [--peer | --dist FOLDER] [--requests N] [--lines N]` profiles
 * this server, the reference or another build under load, and prints CPU time and allocations by package and by
 * function. The load is `echo`, a cached search, or a list of 30 tools. Browser developer tools open the profiles.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stateDir } from '../dev/lib/paths.ts'
import { addDocuments, search } from './cached-search.ts'
import { allCandidates, reference } from './candidates.ts'
import { connectLoad } from './load.ts'
import { startOtlpSink } from './otlp.ts'
import { fullSettings, productCommand } from './product.ts'
import {
  type AllocationProfile,
  byAllocation,
  byFunction,
  byPart,
  type CpuProfile,
} from './profile-summary.ts'
import { echo, listTools } from './rpc.ts'
import { startServerProcess } from './server-process.ts'
import { markdown } from './table.ts'

const { values } = parseArgs({
  options: {
    call: { type: 'string', default: 'echo' },
    traces: { type: 'string', default: '0.1' },
    peer: { type: 'boolean', default: false },
    requests: { type: 'string', default: '6000' },
    lines: { type: 'string', default: '45' },
    dist: { type: 'string' },
    out: { type: 'string', default: 'profile.cpuprofile' },
  },
})
const rpc = { echo, search, list: listTools(30) }[values.call]
if (rpc === undefined) throw new Error('--call must be echo, search or list')
const sink = await startOtlpSink()
const context = { env: process.env, otlpUrl: sink.url }
const peer = allCandidates(context).find(({ name }) => name === reference)
const command =
  values.peer && peer
    ? peer.command
    : productCommand({ ...fullSettings, traces: Number(values.traces) }, context, {
        name: 'profiled',
        ...(values.call === 'list' && { tools: 30 }),
        ...(values.dist !== undefined && { dist: values.dist }),
      })
const server = await startServerProcess(command)
if (values.call === 'search') await addDocuments(server)
const load = await connectLoad({ port: server.port, era: 'modern', connections: 16, rpc })
try {
  const requests = Number(values.requests)
  await load.run(4_000)
  const file = join(stateDir, values.out)
  await server.profile(async () => void (await load.run(requests)), file)
  const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
  const lines = Number(values.lines)
  const heapFile = file.replace(/cpuprofile$/, 'heapprofile')
  await server.allocations(() => load.run(requests), heapFile)
  const allocations = JSON.parse(readFileSync(heapFile, 'utf8')) as AllocationProfile
  const tables = [
    byPart(profile, requests),
    byFunction(profile, requests, lines),
    ...byAllocation(allocations, requests, lines),
  ]
  for (const rows of tables) process.stdout.write(`${markdown(rows)}\n\n`)
} finally {
  load.close()
  await server.stop()
  await sink.stop()
}
