import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { configVariables, loadConfig } from '../../../src/config/config.ts'
import {
  deployment,
  exampleDir,
  image,
  imageEnv,
  job,
  type Manifest,
  manifestOfKind,
  podTemplates,
  readYaml,
  server,
  settings,
} from '../../support/manifests.ts'

const source = (file: string) => readFileSync(file, 'utf8')

describe('pod templates', () => {
  it('set only variables that the server accepts', () => {
    const names = [...Object.keys(settings), ...podTemplates.flatMap(envNames)]
    for (const name of names)
      assert.ok(
        configVariables.includes(name) || /^(OTEL_\w+|NODE_OPTIONS|NODE_EXTRA_CA_CERTS)$/.test(name),
        name,
      )
    const secret = { DATABASE_URL: 'postgres://app@db/app', REDIS_URL: 'redis://cache' }
    const config = loadConfig({ ...imageEnv, ...settings, ...secret })
    assert.equal(config.host, '::')
    assert.equal(config.log.format, 'json')
  })

  it('set a grace period that covers every shutdown step', () => {
    const delayMs = Number(settings.SHUTDOWN_DELAY_MS)
    const steps = [...source('src/server.ts').matchAll(/timeoutMs: (config\.shutdownDelayMs \+ )?([\d_]+)/g)]
    const flush = /flushTimeoutMs = ([\d_]+)/.exec(source('src/shutdown.ts'))?.[1] ?? ''
    assert.ok(steps.length >= 8 && delayMs > 0)
    const milliseconds = (text = '') => Number(text.replaceAll('_', ''))
    const longestMs = steps.reduce(
      (sum, [, delayed, ms]) => sum + milliseconds(ms) + (delayed ? delayMs : 0),
      milliseconds(flush),
    )
    const { terminationGracePeriodSeconds: grace } = deployment.spec.template.spec
    assert.ok(grace * 1_000 > longestMs, `${grace} s for ${longestMs} ms`)
    const { readinessProbe } = server
    const detectionMs = readinessProbe.periodSeconds * readinessProbe.failureThreshold * 1_000
    assert.ok(delayMs > detectionMs, 'the server stops listening before the readiness probe can fail')
  })

  it('run as the non-root user of the image without capabilities or a writable file system', () => {
    // The Node image defines the user "node" with id 1000.
    assert.match(image, /^USER node$/m)
    for (const { spec } of podTemplates) {
      assert.deepEqual(spec.securityContext, {
        runAsNonRoot: true,
        runAsUser: 1000,
        runAsGroup: 1000,
        seccompProfile: { type: 'RuntimeDefault' },
      })
      assert.equal(spec.automountServiceAccountToken, false)
      for (const { securityContext, resources, image } of spec.containers) {
        assert.deepEqual(securityContext, {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        })
        assert.ok(resources.requests.cpu && resources.requests.memory === resources.limits.memory)
        assert.equal(image, server.image)
      }
    }
  })

  it('stay within the default connection limit of Postgres at maximum scale', () => {
    const own = ['max', 'reserved', 'probe']
      .map((kind) =>
        Number(new RegExp(`${kind}Connections = (\\d+)`).exec(source('src/postgres/database.ts'))?.[1]),
      )
      .reduce((sum, connections) => sum + connections)
    const { maxReplicas } = manifestOfKind('HorizontalPodAutoscaler').spec
    // A terminating pod does not count as surge.
    const processes = maxReplicas + deployment.spec.strategy.rollingUpdate.maxSurge + 1
    assert.ok(processes * own <= 97, `${processes} × ${own}`)
    const { SHUTDOWN_DELAY_MS } = settings
    assert.ok(
      deployment.spec.minReadySeconds * 1_000 > Number(SHUTDOWN_DELAY_MS),
      'two pods terminate at once',
    )
  })

  it('run migrations with the server image in a job named after its tag', () => {
    const [{ command }] = job.spec.template.spec.containers
    assert.deepEqual(command, ['node', 'dist/commands/migrate.js'])
    assert.ok(existsSync('src/commands/migrate.ts'))
    const [, tag] = server.image.split(':')
    const byTag = readYaml(join(exampleDir, 'kustomization.yaml')).replacements.flatMap(
      ({ source, targets }: Manifest) => (source.kind === 'Job' ? targets : []),
    )
    assert.equal(byTag.length, 1)
    const [{ options }] = byTag
    assert.equal(job.metadata.name.split(options.delimiter)[options.index], tag)
  })
})

function envNames({ spec }: Manifest): string[] {
  return spec.containers.flatMap(({ env = [] }: Manifest) => env.map(({ name }: Manifest) => name))
}
