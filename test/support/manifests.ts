/** Manifests of deploy/kubernetes, read without kustomize so that the tests need no other program. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

export const kubernetesDir = 'deploy/kubernetes'
export const baseDir = join(kubernetesDir, 'base')
export const monitoringDir = join(kubernetesDir, 'components/monitoring')
export const exampleDir = join(kubernetesDir, 'overlays/example')

// biome-ignore lint/suspicious/noExplicitAny: manifests have as many types as Kubernetes has kinds.
export type Manifest = any
export type Labels = Readonly<Record<string, string>>

export const readYaml = (file: string): Manifest => parse(readFileSync(file, 'utf8'))

/** All manifests of a folder except its kustomization. */
export function manifestsIn(folder: string): Manifest[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') && name !== 'kustomization.yaml')
    .sort()
    .flatMap((name) => parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map((one) => one.toJS()))
}

export const base = manifestsIn(baseDir)
export const monitoring = manifestsIn(monitoringDir)

export function manifestOfKind(
  kind: string,
  among: readonly Manifest[] = [...base, ...monitoring],
): Manifest {
  const found = among.filter((manifest) => manifest.kind === kind)
  if (found.length !== 1) throw new Error(`expected 1 manifest of kind ${kind}, found ${found.length}`)
  return found[0]
}

export const deployment = manifestOfKind('Deployment')
export const job = manifestOfKind('Job')
export const service = manifestOfKind('Service')
export const podTemplates: readonly Manifest[] = [deployment, job].map(({ spec }) => spec.template)

/** Literals of the config map generators; later folders override earlier ones, as in the pods. */
function literalsOf(...folders: string[]): Record<string, string> {
  const literals: string[] = folders.flatMap((folder) =>
    readYaml(join(folder, 'kustomization.yaml')).configMapGenerator.flatMap(
      (generator: { literals: string[] }) => generator.literals,
    ),
  )
  return Object.fromEntries(literals.map((literal) => literal.split(/=(.*)/s).slice(0, 2)))
}

export const matchesLabels = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([name, value]) => labels[name] === value)

export const [server] = deployment.spec.template.spec.containers
/** Environment variables of the base and the example overlay. */
export const settings = literalsOf(baseDir, exampleDir)

/** Server stage of the Dockerfile. */
export const image = readFileSync('Dockerfile', 'utf8').split(' AS server')[1] ?? ''
export const imageEnv = Object.fromEntries(
  [...(/^ENV (.+)$/m.exec(image)?.[1]?.matchAll(/(\w+)=(\S+)/g) ?? [])].map(([, name = '', value]) => [
    name,
    value,
  ]),
)
