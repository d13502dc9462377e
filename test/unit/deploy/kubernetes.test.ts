import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { ruleFileNames } from '../../../dev/lib/rule-files.ts'
import { catalog } from '../../support/catalog.ts'
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

describe('kustomizations', () => {
  it('list exactly the manifests of their folder', () => {
    assert.ok(kustomizations.length >= 4)
    for (const file of kustomizations) {
      const { resources = [], components = [] } = readYaml(file)
      const listed: string[] = [...resources, ...components].map((path) => join(dirname(file), path))
      for (const path of listed) assert.ok(existsSync(path), `${file}: ${path}`)
      for (const name of readdirSync(dirname(file)))
        if (name.endsWith('.yaml') && name !== 'kustomization.yaml')
          assert.ok(listed.includes(join(dirname(file), name)), `${file} does not list ${name}`)
    }
  })

  it('contain no secret', () => {
    for (const file of kustomizations) {
      assert.equal(readYaml(file).secretGenerator, undefined, file)
      assert.ok(!manifestsIn(dirname(file)).some(({ kind }: Manifest) => kind === 'Secret'), file)
    }
  })
})

describe('manifest references', () => {
  it('select pods by labels that the pods have', () => {
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

  it('name objects that exist', () => {
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

  it('leave only secrets and the CA certificate to the operator, and the guide creates them', () => {
    const guide = source('docs/guides/kubernetes.md')
    for (const { spec } of podTemplates)
      for (const { secretRef } of spec.containers[0].envFrom)
        if (secretRef) assert.match(guide, new RegExp(`create secret generic ${secretRef.name} `))
    assert.match(source(join(kubernetesDir, 'components/private-ca/kustomization.yaml')), /mcp-server-ca /)
    assert.match(guide, /create configmap mcp-server-ca --from-file=ca\.pem/)
  })

  it('allow the same destinations by IPv4 and IPv6', () => {
    const egress = base
      .filter(({ kind }) => kind === 'NetworkPolicy')
      .flatMap(({ spec }) => (spec.egress ?? []).map(({ to }: Manifest) => to))
    for (const to of egress) {
      const cidrs: string[] = to.flatMap(({ ipBlock }: Manifest) => ipBlock?.cidr ?? [])
      const ipv6 = cidrs.filter((cidr) => cidr.includes(':'))
      assert.equal(ipv6.length > 0, cidrs.length > 0, `${cidrs}`)
    }
  })

  it('name ports that the container opens', () => {
    const ports = new Map<string, number>(
      server.ports.map(({ name, containerPort }: Manifest) => [name, containerPort]),
    )
    assert.deepEqual(Object.fromEntries(ports), {
      http: Number(imageEnv.PORT),
      ops: Number(settings.OPS_PORT),
    })
    const servicePorts = new Set(service.spec.ports.map(({ name }: Manifest) => name))
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
      assert.ok(servicePorts.has(name), name)
  })

  it('probe endpoints that the server serves on the ops port', () => {
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { path, port } = server[probe].httpGet
      assert.ok(source('src/http/ops.ts').includes(`ops.get('${path}'`), probe)
      assert.equal(port, 'ops')
      assert.ok(
        server[probe].timeoutSeconds >= 2,
        'the probe timeout is shorter than a dependency check, which may take 1.5 s',
      )
    }
    assert.equal(server.livenessProbe.httpGet.path, '/livez')
    assert.equal(server.readinessProbe.httpGet.path, '/readyz')
  })
})

describe('monitoring manifests', () => {
  it('contain the Prometheus rules that compose uses', async () => {
    const generator = join(kubernetesDir, 'generate.ts')
    await promisify(execFile)(process.execPath, ['--import', 'tsx', generator, '--check'])
    const { groups } = manifestOfKind('PrometheusRule').spec
    assert.ok(ruleFileNames().length > 0)
    const withUrls = (_name: string, value: unknown) =>
      typeof value === 'string'
        ? value
            .replace(
              '{{ $externalLabels.runbook_url_prefix }}',
              'https://mcp.example.com/documents/runbooks.',
            )
            .replace('{{ $externalLabels.grafana_url }}', 'https://grafana.example.com')
        : value
    assert.deepEqual(
      groups.flatMap((group: Manifest) => group.rules),
      JSON.parse(JSON.stringify(rules, withUrls)),
    )
  })

  it('get the label that Prometheus selects them by', () => {
    const { patches } = readYaml(join(kubernetesDir, 'overlays/example/kustomization.yaml'))
    const { target } = patches.find(({ patch }: Manifest) => patch.includes('/metadata/labels/release'))
    const selected = ['monitoring', 'probes']
      .flatMap((component) => manifestsIn(join(kubernetesDir, 'components', component)))
      .filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com/'))
    assert.ok(selected.length > 2)
    for (const { kind } of selected) assert.match(kind, new RegExp(`^(${target.kind})$`))
  })

  it('set the job label that the rules select', () => {
    const { relabelings } = manifestOfKind('ServiceMonitor').spec.endpoints[0]
    const { replacement } = relabelings.find(({ targetLabel }: Manifest) => targetLabel === 'job')
    const probes = manifestsIn(join(kubernetesDir, 'components/probes'))
    // The collector belongs to the cluster, and its job is named in the runbook.
    const jobs = new Set([replacement, ...probes.map(({ spec }) => spec.jobName), 'otel-collector'])
    for (const { alert, record, expr } of rules)
      for (const [, name] of expr.matchAll(/job="([^"]+)"/g)) assert.ok(jobs.has(name), alert ?? record)
  })

  it('probe with the modules that the blackbox exporter has, as compose does', () => {
    const { modules } = readYaml('deploy/blackbox-exporter/blackbox.yml')
    const { scrape_configs } = readYaml('prometheus/prometheus.yml')
    const { static_configs } = scrape_configs.find(({ job_name }: Manifest) => job_name === 'mcp-probe')
    const inCompose = static_configs.map(({ labels }: Manifest) => labels.probe)
    const probes = manifestsIn(join(kubernetesDir, 'components/probes'))
    assert.deepEqual(Object.keys(modules), inCompose)
    assert.deepEqual(
      probes.map(({ spec }) => spec.module),
      inCompose,
    )
    const bodies = Object.values<Manifest>(modules).flatMap(({ http }) => (http?.body ? [http.body] : []))
    assert.ok(bodies.length > 0)
    for (const body of bodies) {
      const { name } = JSON.parse(body).params
      assert.ok(
        catalog.tools.some((tool) => tool.name === name),
        `a probe calls the tool ${name}, which does not exist`,
      )
    }
  })

  it('contain every dashboard under its own key', () => {
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
