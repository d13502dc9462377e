import assert from 'node:assert/strict'
import { callByRevision, callEachReplica } from './calls.ts'
import type { Stack } from './compose.ts'
import { hardeningChecks } from './hardening.ts'
import { monitoringChecks } from './monitoring.ts'
import { survivesReplicaRestart } from './replica-restart.ts'
import { receivesChangeEvent } from './stream.ts'

/** Checks a running stack. @returns a note for the report */
export type Check = (stack: Stack) => Promise<string | undefined>

const gateway = (stack: Stack, path: string) => `http://127.0.0.1:${stack.ports.gateway}${path}`

/** Percent-encodes the first letter, which evades a filter that compares plain text. */
const encodeFirstLetter = (name: string) => name.charCodeAt(0).toString(16) + name.slice(1)

export const checks: Readonly<Record<string, Check>> = {
  async 'runs every service, two replicas and a successful migration'(stack) {
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

  ...hardeningChecks,

  async 'serves a document and forwards the request id'(stack) {
    const response = await fetch(gateway(stack, '/documents/runbooks.high-error-rate'), {
      headers: { 'x-request-id': 'smoke-document' },
    })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('x-request-id'), 'smoke-document')
    assert.match(await response.text(), /HighErrorRate/)
    const other = await fetch(gateway(stack, '/documents/runbooks.high-error-rate'))
    assert.match(other.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/)
    return undefined
  },

  async 'does not expose the ops endpoints'(stack) {
    for (const name of ['health', 'livez', 'readyz', 'metrics']) {
      for (const path of [
        `/${name}`,
        `/${name}/`,
        `/${name.toUpperCase()}`,
        `//${name}`,
        `/%${encodeFirstLetter(name)}`,
      ]) {
        const { status } = await fetch(gateway(stack, path))
        assert.equal(status, 404, `${path} returned ${status}`)
      }
    }
    for (const { ID, Name } of await stack.containers('server'))
      assert.equal((await stack.docker('port', ID)).trim(), '', `${Name} publishes a port`)
    return undefined
  },

  ...Object.fromEntries(
    Object.keys(callByRevision).map((revision): [string, Check] => [
      `answers ${revision} clients from each replica`,
      (stack) => callEachReplica(stack, revision, 'first'),
    ]),
  ),

  'delivers an event to an open stream': receivesChangeEvent,

  ...monitoringChecks,

  'loses no call while a replica restarts': survivesReplicaRestart,
}
