/** As PID 1 a process ignores a signal without a handler, so it could not be stopped while it starts. */
export function exitAtOnce(_signal: NodeJS.Signals, number: number): void {
  process.exit(128 + number)
}

process.on('SIGTERM', exitAtOnce)
process.on('SIGINT', exitAtOnce)
