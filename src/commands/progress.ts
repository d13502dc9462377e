import type { WriteStream } from 'node:tty'

const barWidth = 30

/** A progress bar on terminals, one line per report elsewhere. */
export function showProgress(stream: WriteStream): (done: number, total: number) => void {
  return (done, total) => {
    const numbers = `${done} of ${total} files`
    if (!stream.isTTY) {
      stream.write(`${numbers}\n`)
      return
    }
    const filled = Math.round((barWidth * done) / total)
    stream.write(
      `\r${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${numbers}${done === total ? '\n' : ''}`,
    )
  }
}
