import type { WriteStream } from 'node:tty'

const barWidth = 30

export interface Progress {
  report(done: number, total: number): void
  /** Ends the line of an unfinished bar. */
  end(): void
}

/** A progress bar with rate and time left on terminals, one line per report elsewhere. */
export function createProgress(
  stream: Pick<WriteStream, 'isTTY' | 'columns' | 'write'>,
  now = () => performance.now(),
): Progress {
  const startedAtMs = now()
  let isOpen = false
  return {
    report(done, total) {
      const numbers = `${done} of ${total} files`
      if (!stream.isTTY) {
        stream.write(`${numbers}\n`)
        return
      }
      const perSecond = (done * 1000) / Math.max(now() - startedAtMs, 1)
      const left = done === total ? '' : `, ${durationOf((total - done) / perSecond)} left`
      const text = `${numbers}, ${Math.round(perSecond)}/s${left}`
      const filled = Math.round((barWidth * done) / total)
      const bar = `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} `
      // A line that wraps would not be overwritten by the next report.
      const line = `${bar}${text}`.length < stream.columns ? `${bar}${text}` : text
      isOpen = done < total
      stream.write(`\r\x1b[K${line}${isOpen ? '' : '\n'}`)
    },
    end() {
      if (isOpen) stream.write('\n')
      isOpen = false
    },
  }
}

/** Minutes and seconds: `1:05`. */
function durationOf(seconds: number): string {
  const whole = Math.ceil(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}
