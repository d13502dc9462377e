import { cpuSecondsOf } from './process-identity.ts'

export interface ProgressOptions {
  readonly pid: number
  /** What is waited for, as the end of a sentence. */
  readonly awaited: string
  readonly log: (line: string) => void
  /** Without noticeable CPU use for this long, the process makes no progress; infinite: never, and nothing is logged. */
  readonly stallMs: number
  readonly now?: () => number
  readonly cpuSeconds?: (pid: number) => number | undefined
}

const reportEveryMs = 10_000
const sampleEveryMs = 1_000
/** A process that only waits uses less in a minute, by its timers. */
const noticeableSeconds = 0.5

/**
 * Watches a process that takes time, on a loaded machine maybe minutes. Logs every 10 s what is waited for.
 *
 * @returns whether it still makes progress; to be called often
 */
export function watchProgress({
  pid,
  awaited,
  log,
  stallMs,
  now = Date.now,
  cpuSeconds = cpuSecondsOf,
}: ProgressOptions): () => boolean {
  const startedAt = now()
  let reportAt = startedAt + reportEveryMs
  let sampleAt = startedAt
  let progress = { at: startedAt, used: 0 }
  return () => {
    const at = now()
    if (at < sampleAt) return true
    sampleAt = at + sampleEveryMs
    const used = cpuSeconds(pid) ?? 0
    if (used - progress.used >= noticeableSeconds) progress = { at, used }
    if (at >= reportAt && Number.isFinite(stallMs)) {
      reportAt = at + reportEveryMs
      const idle = at - progress.at >= reportEveryMs ? `, idle for ${seconds(at - progress.at)}` : ''
      log(`Waiting for ${awaited} (${seconds(at - startedAt)}; CPU time used: ${used.toFixed(1)} s${idle})`)
    }
    return at - progress.at < stallMs
  }
}

const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`
