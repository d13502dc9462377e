import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { ruleFileNames } from '../../../dev/lib/rule-files.ts'
import {
  base,
  baseDir,
  deployment,
  imageEnv,
  kubernetesDir,
  type Labels,
  type Manifest,
  manifestOfKind,
  manifestsIn,
  matchesLabels,
  monitoring,
  monitoringDir,
  podTemplates,
  readYaml,
  server,
  service,
  settings,
} from '../../support/manifests.ts'
import { rules } from '../../support/rules.ts'

const source = (file: string) => readFileSync(file, 'utf8')
const kustomizations = readdirSync(kubernetesDir, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('kustomization.yaml'))
  .map((name) => join(kubernetesDir, name))
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
    assert.ok(matchesLabels(deployment.spec.selector.matchLabels, deployment.spec.template.metadata.labels))
    const serverOnly: Labels[] = [
      service.spec.selector,
      manifestOfKind('PodDisruptionBudget').spec.selector.matchLabels,
      ...deployment.spec.template.spec.topologySpreadConstraints.map(
        ({ labelSelector }: Manifest) => labelSelector.matchLabels,
      ),
    ]
    for (const selector of serverOnly)
      assert.deepEqual(
        labelled.map((labels) => matchesLabels(selector, labels)),
        [true, false],
        JSON.stringify(selector),
      )
    for (const { kind, metadata, spec } of base)
      if (kind === 'NetworkPolicy')
        assert.ok(
          labelled.some((labels) => matchesLabels(spec.podSelector.matchLabels ?? {}, labels)),
          metadata.name,
        )
    assert.ok(
      matchesLabels(manifestOfKind('ServiceMonitor').spec.selector.matchLabels, service.metadata.labels),
    )
  })

  it('names things that exist', () => {
    const { scaleTargetRef } = manifestOfKind('HorizontalPodAutoscaler').spec
    assert.equal(scaleTargetRef.name, deployment.metadata.name)
    for (const { spec } of podTemplates)
      assert.equal(spec.serviceAccountName, manifestOfKind('ServiceAccount').metadata.name)
    for (const { http } of manifestOfKind('Ingress').spec.rules)
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
    assert.equal(manifestOfKind('Ingress').spec.rules[0].http.paths[0].backend.service.port.name, 'http')
    for (const name of [
      'http',
      ...manifestOfKind('ServiceMonitor').spec.endpoints.map(({ port }: Manifest) => port),
    ])
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

describe('the monitoring', () => {
  it('is made from the same rules as in compose', async () => {
    const generator = join(kubernetesDir, 'generate.ts')
    await promisify(execFile)(process.execPath, ['--import', 'tsx', generator, '--check'])
    const { groups } = manifestOfKind('PrometheusRule').spec
    assert.ok(ruleFileNames().length > 0)
    assert.deepEqual(
      groups.flatMap((group: Manifest) => group.rules),
      rules,
    )
  })

  it('calls the server what the rules call it', () => {
    const { relabelings } = manifestOfKind('ServiceMonitor').spec.endpoints[0]
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
