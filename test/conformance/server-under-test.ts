import { fork } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ServerUnderTest {
  readonly url: string
  stop(): Promise<void>
}

/** Starts the conformance server in a child process with the current Node. */
export async function startServerUnderTest(signal: AbortSignal): Promise<ServerUnderTest> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), {
    execArgv: ['--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })

  const url = await new Promise<string>((resolve, reject) => {
    exited.then(([code]) => reject(new Error(`the server under test exited with ${code}`)), reject)
    // Log lines follow the URL on the same stream; an unread stream would block the server.
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
      if (line.startsWith('http://')) resolve(line)
    })
  })
  return {
    url,
    async stop() {
      signal.removeEventListener('abort', kill)
      kill()
      await exited
    },
  }
}
