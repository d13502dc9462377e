/** Loaded into every candidate by `--import`: reports resource usage and profiles over IPC. */
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'

const session = new Session()

const commands = {
  usage() {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, external } = process.memoryUsage()
    const preemptions = process.resourceUsage().involuntaryContextSwitches
    return { cpuMicros: user + system, rss, heapUsed, external, preemptions }
  },
  /** Needs `--expose-gc`. */
  async usageAfterGc() {
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return commands.usage()
  },
  async startProfile() {
    session.connect()
    await session.post('Profiler.enable')
    await session.post('Profiler.setSamplingInterval', { interval: 200 })
    await session.post('Profiler.start')
  },
  async stopProfile({ file }) {
    const { profile } = await session.post('Profiler.stop')
    session.disconnect()
    writeFileSync(file, JSON.stringify(profile))
  },
  async startAllocations() {
    session.connect()
    await session.post('HeapProfiler.startSampling', {
      samplingInterval: 8_192,
      includeObjectsCollectedByMajorGC: true,
      includeObjectsCollectedByMinorGC: true,
    })
  },
  /** All bytes allocated since the start, including collected ones. */
  async stopAllocations({ file }) {
    const { profile } = await session.post('HeapProfiler.stopSampling')
    session.disconnect()
    if (file !== undefined) writeFileSync(file, JSON.stringify(profile))
    const bytes = ({ selfSize, children }) => children.reduce((sum, child) => sum + bytes(child), selfSize)
    return { allocatedBytes: bytes(profile.head) }
  },
}

process.on('message', async ({ id, command, ...options }) => {
  process.send({ id, result: (await commands[command](options)) ?? {} })
})
// Otherwise a bench that is killed would leave its servers running.
process.on('disconnect', () => process.exit())
// The IPC channel must not keep a stopped server alive.
process.channel?.unref()
