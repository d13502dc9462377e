/** Loaded into every contestant by `--import`: tells, when asked, what the process has used so far. */
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector/promises'

const session = new Session()

const answers = {
  usage() {
    const { user, system } = process.cpuUsage()
    const { rss, heapUsed, external } = process.memoryUsage()
    return { cpuMicros: user + system, rss, heapUsed, external }
  },
  /** What the heap holds once the garbage is gone; needs `--expose-gc`. */
  async settled() {
    for (let i = 0; i < 3; i++) {
      globalThis.gc?.()
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return answers.usage()
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
  /** All that was allocated since the start, whether it is still there or not. */
  async stopAllocations({ file }) {
    const { profile } = await session.post('HeapProfiler.stopSampling')
    session.disconnect()
    if (file !== undefined) writeFileSync(file, JSON.stringify(profile))
    const bytes = ({ selfSize, children }) => children.reduce((sum, child) => sum + bytes(child), selfSize)
    return { allocatedBytes: bytes(profile.head) }
  },
}

process.on('message', async (question) => {
  process.send({ id: question.id, answer: (await answers[question.ask](question)) ?? {} })
})
// A server that has shut down is not kept alive by this.
process.channel?.unref()
