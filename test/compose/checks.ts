import assert from 'node:assert/strict'
import { callEachReplica, eras } from './calls.ts'
import type { Stack } from './compose.ts'
import { confinementChecks } from './confinement.ts'
import { monitoringChecks } from './monitoring.ts'
import { staysAvailable } from './replica-restart.ts'
import { hearsOfChanges } from './stream.ts'

/** Looks at a stack that is up. A text that comes back is shown. */
export type Check = (stack: Stack) => Promise<string | undefined>

const gateway = (stack: Stack, path: string) => `http://127.0.0.1:${stack.ports.gateway}${path}`

/** The first letter as its code, the way to get past a filter that compares texts. */
const hex = (name: string) => name.charCodeAt(0).toString(16) + name.slice(1)

export const checks: Readonly<Record<string, Check>> = {
  async 'runs every service, two replicas, and a migration that has succeeded'(stack) {
    const expected = (await stack.compose('config', '--services')).trim().split('\n').sort()
    const containers = await stack.containers()
    assert.deepEqual([...new Set(containers.map(({ Service }) => Service))].sort(), expected)
    for (const { Name, Service, State, Health, ExitCode } of containers) {
      if (Service === 'migrate') assert.deepEqual([State, ExitCode], ['exited', 0], Name)
      else assert.ok(State === 'running' && Health !== 'unhealthy', `${Name} is ${State} ${Health}`)
    }
    const replicas = containers.filter(({ Service }) => Service === 'server')
    assert.deepEqual(
      replicas.map(({ Health }) => Health),
      ['healthy', 'healthy'],
    )
    return `${containers.length} containers`
  },

  ...confinementChecks,

  async 'serves a document and hands a request id through'(stack) {
    const response = await fetch(gateway(stack, '/documents/runbooks.high-error-rate'), {
      headers: { 'x-request-id': 'smoke-document' },
    })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('x-request-id'), 'smoke-document')
    assert.match(await response.text(), /HighErrorRate/)
    const other = await fetch(gateway(stack, '/documents/runbooks.high-error-rate'))
    assert.match(other.headers.get('x-request-id') ?? '', /^[0-9a-f]{32}$/)
    return undefined
  },

  async 'shows none of the ops endpoints outside'(stack) {
    for (const name of ['health', 'livez', 'readyz', 'metrics']) {
      for (const path of [`/${name}`, `/${name}/`, `/${name.toUpperCase()}`, `//${name}`, `/%${hex(name)}`]) {
        const { status } = await fetch(gateway(stack, path))
        assert.equal(status, 404, `${path} answers ${status}`)
      }
    }
    for (const { ID, Name } of await stack.containers('server'))
      assert.equal((await stack.docker('port', ID)).trim(), '', `${Name} publishes a port`)
    return undefined
  },

  ...Object.fromEntries(
    Object.keys(eras).map((era): [string, Check] => [
      `answers ${era} clients from each replica`,
      (stack) => callEachReplica(stack, era, 'first'),
    ]),
  ),

  'sends an event to a stream while it is open': hearsOfChanges,

  ...monitoringChecks,

  'loses no call while a replica restarts': staysAvailable,
}
