/** What deploy/kubernetes says, as it is written: kustomize is not asked, so that no program is needed. */
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

/** All manifests of a folder that are no kustomization. */
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
  if (found.length !== 1) throw new Error(`there are ${found.length} of ${kind}`)
  return found[0]
}

export const deployment = manifestOfKind('Deployment')
export const job = manifestOfKind('Job')
export const service = manifestOfKind('Service')
export const podTemplates: readonly Manifest[] = [deployment, job].map(({ spec }) => spec.template)

/** What the overlay says on top of the base, as the pods get it. */
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
/** What the example sets, on top of the base. */
export const settings = literalsOf(baseDir, exampleDir)

/** The part of the Dockerfile that makes the image of the server. */
export const image = readFileSync('Dockerfile', 'utf8').split(' AS server')[1] ?? ''
export const imageEnv = Object.fromEntries(
  [...(/^ENV (.+)$/m.exec(image)?.[1]?.matchAll(/(\w+)=(\S+)/g) ?? [])].map(([, name = '', value]) => [
    name,
    value,
  ]),
)
