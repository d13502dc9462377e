import type { Child, Exit } from '../launcher/child.ts'
import { describeExit, type Programs } from '../launcher/launcher.ts'
import { followChanges } from './changes.ts'

export type ReloadingOptions = {
  /** The checkout; ends with a slash. */
  root: string
  programs: Programs
  log: (text: string) => void
}

/** Calls and streams that are under way may end, but nobody wants to wait for them after each change. */
const graceMs = 2_000

/**
 * A server that is started anew when its files change, after the migration job when there is something for it. One
 * that does not even start waits for the next change: this child ends only when it is told to.
 */
export function reloading({ root, programs: { startMigration, startServer }, log }: ReloadingOptions): Child {
  let stopping = false
  /** The server, or the job while that runs; undefined while one is being stopped. */
  let current: Child | undefined
  let reloads = Promise.resolve()
  let end = (_exit: Exit) => {}
  const exited = new Promise<Exit>((resolve) => {
    end = resolve
  })

  function serve(): void {
    const server = startServer()
    current = server
    void server.exited.then((exit) => {
      if (server === current && !stopping)
        log(`The server ended (${describeExit(exit)}). It is started again at the next change.`)
    })
  }

  async function reload(files: readonly string[]): Promise<void> {
    if (stopping) return
    log(`\n${files.slice(0, 3).join(', ')}${files.length > 3 ? ' …' : ''} changed: starting again …`)
    const old = current
    current = undefined
    await old?.stop(graceMs)
    if (files.some((file) => file.startsWith('migrations'))) {
      const job = startMigration()
      current = job
      const exit = await job.exited
      if (stopping) return
      if (exit.code !== 0)
        return log(`${job.output().trim()}\nThe database could not be prepared (${describeExit(exit)}).`)
    }
    if (!stopping) serve()
  }

  serve()
  const unfollow = followChanges(root, ['src', 'public', 'migrations'], (files) => {
    reloads = reloads.then(() => reload(files))
  })

  return {
    pid: undefined,
    exited,
    isRunning: () => !stopping,
    output: () => '',
    async stop(finalGraceMs) {
      stopping = true
      unfollow()
      await current?.stop(finalGraceMs)
      await reloads
      end({ code: 0, signal: null })
    },
    unref: () => current?.unref(),
  }
}
