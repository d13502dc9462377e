import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { ruleFileNames } from '../../dev/promtool/rule-files.ts'
import { configVariables, loadConfig } from '../../src/config.ts'
import {
  base,
  baseDir,
  deployment,
  exampleDir,
  fits,
  job,
  kubernetesDir,
  type Labels,
  literalsOf,
  type Manifest,
  manifestsIn,
  monitoring,
  monitoringDir,
  ofKind,
  podTemplates,
  readYaml,
  service,
} from '../support/manifests.ts'
import { rules } from '../support/rules.ts'

const source = (file: string) => readFileSync(file, 'utf8')
const kustomizations = readdirSync(kubernetesDir, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('kustomization.yaml'))
  .map((name) => join(kubernetesDir, name))
const [server] = deployment.spec.template.spec.containers
const settings = literalsOf(baseDir, exampleDir)
const image = source('Dockerfile').slice(source('Dockerfile').indexOf(' AS server'))
const imageEnv = Object.fromEntries(
  [...(/^ENV (.+)$/m.exec(image)?.[1]?.matchAll(/(\w+)=(\S+)/g) ?? [])].map(([, name = '', value]) => [
    name,
    value,
  ]),
)

describe('each kustomization', () => {
  it('lists what is there, and all of it', () => {
    assert.ok(kustomizations.length >= 4)
    for (const file of kustomizations) {
      const { resources = [], components = [] } = readYaml(file)
      const listed: string[] = [...resources, ...components].map((path) => join(dirname(file), path))
      for (const path of listed) assert.ok(existsSync(path), `${file}: ${path}`)
      for (const name of readdirSync(dirname(file)))
        if (name.endsWith('.yaml') && name !== 'kustomization.yaml')
          assert.ok(listed.includes(join(dirname(file), name)), `${file} leaves ${name} out`)
    }
  })

  it('holds no secret', () => {
    for (const file of kustomizations) {
      assert.equal(readYaml(file).secretGenerator, undefined, file)
      assert.ok(!manifestsIn(dirname(file)).some(({ kind }: Manifest) => kind === 'Secret'), file)
    }
  })
})

describe('what refers to something else', () => {
  it('selects pods by labels that they have', () => {
    const labelled = podTemplates.map(({ metadata }) => metadata.labels as Labels)
    assert.ok(fits(deployment.spec.selector.matchLabels, deployment.spec.template.metadata.labels))
    const serverOnly: Labels[] = [
      service.spec.selector,
      ofKind('PodDisruptionBudget').spec.selector.matchLabels,
      ...deployment.spec.template.spec.topologySpreadConstraints.map(
        ({ labelSelector }: Manifest) => labelSelector.matchLabels,
      ),
    ]
    for (const selector of serverOnly)
      assert.deepEqual(
        labelled.map((labels) => fits(selector, labels)),
        [true, false],
        JSON.stringify(selector),
      )
    for (const { kind, metadata, spec } of base)
      if (kind === 'NetworkPolicy')
        assert.ok(
          labelled.some((labels) => fits(spec.podSelector.matchLabels ?? {}, labels)),
          metadata.name,
        )
    assert.ok(fits(ofKind('ServiceMonitor').spec.selector.matchLabels, service.metadata.labels))
  })

  it('names things that exist', () => {
    const { scaleTargetRef } = ofKind('HorizontalPodAutoscaler').spec
    assert.equal(scaleTargetRef.name, deployment.metadata.name)
    for (const { spec } of podTemplates)
      assert.equal(spec.serviceAccountName, ofKind('ServiceAccount').metadata.name)
    for (const { http } of ofKind('Ingress').spec.rules)
      for (const { backend } of http.paths) assert.equal(backend.service.name, service.metadata.name)
    const generated = readYaml(join(baseDir, 'kustomization.yaml')).configMapGenerator
    assert.deepEqual(
      server.envFrom.flatMap(({ configMapRef }: Manifest) => configMapRef?.name ?? []),
      generated.map(({ name }: Manifest) => name),
    )
  })

  it('leaves only secrets and the certificate to be created, which the guide does', () => {
    const guide = source('docs/guides/kubernetes.md')
    for (const { spec } of podTemplates)
      for (const { secretRef } of spec.containers[0].envFrom)
        if (secretRef) assert.match(guide, new RegExp(`create secret generic ${secretRef.name} `))
    assert.match(source(join(kubernetesDir, 'components/private-ca/kustomization.yaml')), /mcp-server-ca /)
    assert.match(guide, /create configmap mcp-server-ca --from-file=ca\.pem/)
  })

  it('means ports that are open', () => {
    const ports = new Map<string, number>(
      server.ports.map(({ name, containerPort }: Manifest) => [name, containerPort]),
    )
    assert.deepEqual(Object.fromEntries(ports), {
      http: Number(imageEnv.PORT),
      ops: Number(settings.OPS_PORT),
    })
    const ofService = new Set(service.spec.ports.map(({ name }: Manifest) => name))
    const named: string[] = [
      ...service.spec.ports.map(({ targetPort }: Manifest) => targetPort),
      ...base
        .filter(({ kind }) => kind === 'NetworkPolicy')
        .flatMap(({ spec }) => (spec.ingress ?? []).flatMap((rule: Manifest) => rule.ports))
        .map(({ port }: Manifest) => port),
    ]
    for (const name of named) assert.ok(ports.has(name), name)
    assert.equal(ofKind('Ingress').spec.rules[0].http.paths[0].backend.service.port.name, 'http')
    for (const name of ['http', ...ofKind('ServiceMonitor').spec.endpoints.map(({ port }: Manifest) => port)])
      assert.ok(ofService.has(name), name)
  })

  it('probes addresses that the server has, on their own port', () => {
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { path, port } = server[probe].httpGet
      assert.ok(source('src/http/ops.ts').includes(`ops.get('${path}'`), probe)
      assert.equal(port, 'ops')
      assert.ok(server[probe].timeoutSeconds >= 2, 'a check of a dependency may take 1.5 s')
    }
    assert.equal(server.livenessProbe.httpGet.path, '/livez')
    assert.equal(server.readinessProbe.httpGet.path, '/readyz')
  })
})

describe('the pods', () => {
  it('are configured as the server accepts it', () => {
    const names = [...Object.keys(settings), ...podTemplates.flatMap(envNames)]
    for (const name of names)
      assert.ok(
        configVariables.includes(name) || /^(OTEL_\w+|NODE_OPTIONS|NODE_EXTRA_CA_CERTS)$/.test(name),
        name,
      )
    const secret = { DATABASE_URL: 'postgres://app@db/app', REDIS_URL: 'redis://cache' }
    const config = loadConfig({ ...imageEnv, ...settings, ...secret })
    assert.equal(config.host, '0.0.0.0')
    assert.equal(config.log.format, 'json')
  })

  it('are given the time that all steps of the shutdown may take', () => {
    const delayMs = Number(settings.SHUTDOWN_DELAY_MS)
    const steps = [...source('src/main.ts').matchAll(/timeoutMs: (config\.shutdownDelayMs \+ )?([\d_]+)/g)]
    const flush = /flushTimeoutMs = ([\d_]+)/.exec(source('src/shutdown.ts'))?.[1] ?? ''
    assert.ok(steps.length >= 9 && delayMs > 0)
    const milliseconds = (text = '') => Number(text.replaceAll('_', ''))
    const longestMs = steps.reduce(
      (sum, [, delayed, ms]) => sum + milliseconds(ms) + (delayed ? delayMs : 0),
      milliseconds(flush),
    )
    const { terminationGracePeriodSeconds: grace } = deployment.spec.template.spec
    assert.ok(grace * 1_000 > longestMs, `${grace} s for ${longestMs} ms`)
    const { readinessProbe } = server
    const noticedMs = readinessProbe.periodSeconds * readinessProbe.failureThreshold * 1_000
    assert.ok(delayMs > noticedMs, 'the readiness probe notices before the server stops listening')
  })

  it('run as the user of the image, without root, rights or a file system to write to', () => {
    // The image of Node has that user and gives it this number.
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

  it('open no more connections than a Postgres with its default settings takes', () => {
    const [own = 0, cancelling = 0] = ['maxConnections = (\\d+)', 'max: (\\d+), idle'].map((pattern) =>
      Number(new RegExp(pattern).exec(source('src/services/postgres.ts'))?.[1]),
    )
    const { maxReplicas } = ofKind('HorizontalPodAutoscaler').spec
    const processes = maxReplicas + deployment.spec.strategy.rollingUpdate.maxSurge + 1
    assert.ok(processes * (own + cancelling) <= 97, `${processes} × ${own + cancelling}`)
  })

  it('migrate with the program of the image, in a job named by its tag', () => {
    const [{ command }] = job.spec.template.spec.containers
    assert.deepEqual(command, ['node', 'dist/migrate.js'])
    assert.ok(existsSync('src/migrate.ts'))
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

describe('the monitoring', () => {
  it('is made from the same rules as in compose', async () => {
    const generator = join(kubernetesDir, 'generate.ts')
    await promisify(execFile)(process.execPath, ['--import', 'tsx', generator, '--check'])
    const { groups } = ofKind('PrometheusRule').spec
    assert.ok(ruleFileNames().length > 0)
    assert.deepEqual(
      groups.flatMap((group: Manifest) => group.rules),
      rules,
    )
  })

  it('calls the server what the rules call it', () => {
    const { relabelings } = ofKind('ServiceMonitor').spec.endpoints[0]
    const { replacement } = relabelings.find(({ targetLabel }: Manifest) => targetLabel === 'job')
    for (const { alert, record, expr } of rules)
      for (const [, name] of expr.matchAll(/job="([^"]+)"/g)) assert.equal(name, replacement, alert ?? record)
  })

  it('has every dashboard, under its own address', () => {
    const { resources } = readYaml(join(monitoringDir, 'kustomization.yaml'))
    assert.ok(resources.some((path: string) => normalize(join(monitoringDir, path)) === 'grafana'))
    assert.equal(monitoring.length, resources.length - 1)
    const { generatorOptions, configMapGenerator } = readYaml('grafana/kustomization.yaml')
    assert.deepEqual(generatorOptions.labels, { grafana_dashboard: '1' })
    const files: string[] = configMapGenerator.flatMap((generator: Manifest) => generator.files)
    assert.deepEqual(
      files.sort(),
      readdirSync('grafana/dashboards').map((file) => `mcp-${file}=dashboards/${file}`),
    )
  })
})
