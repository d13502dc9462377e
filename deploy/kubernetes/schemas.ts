/**
 * Makes JSON schemas for kubeconform from the schemas that Kubernetes and the Prometheus operator publish with their sources:
 * `schemas.ts SWAGGER_JSON CRD_FOLDER OUT`. Strict: a field that does not exist is an error. Each schema is one
 * file with all it refers to, so that nothing is fetched.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

interface Schema {
  readonly [keyword: string]: unknown
}
interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const [swaggerFile = '', crdFolder = '', out = ''] = process.argv.slice(2)
mkdirSync(out, { recursive: true })

/** Accepts integers in int-or-string fields, and rejects unknown fields of objects. */
function strict(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strict)
  if (typeof value !== 'object' || value === null) return value
  const schema = value as Schema
  if (schema.format === 'int-or-string' || schema['x-kubernetes-int-or-string'] === true)
    return { type: ['string', 'integer'] }
  const copy = Object.fromEntries(Object.entries(schema).map(([keyword, part]) => [keyword, strict(part)]))
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true
  return isSchemaOfObject(schema) && !open && schema.additionalProperties === undefined
    ? { ...copy, additionalProperties: false }
    : copy
}

/** A field may be called "properties" too, but then no type stands beside it. */
const isSchemaOfObject = ({ type, properties }: Schema): boolean =>
  typeof properties === 'object' && (type === 'object' || type === undefined)

/** All definitions that a schema refers to, in however many steps. */
function definitionsFor(schema: unknown, all: Readonly<Record<string, Schema>>): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  const queue = [schema]
  while (queue.length > 0) {
    const text = JSON.stringify(queue.pop())
    for (const [, name = ''] of text.matchAll(/"#\/definitions\/([^"]+)"/g)) {
      if (name in found) continue
      found[name] = strict(all[name])
      queue.push(all[name])
    }
  }
  return found
}

function write({ group, version, kind }: Kind, schema: unknown): void {
  // As kubeconform names them: the first part of the group only.
  const api = group === '' ? version : `${group.split('.')[0]}-${version}`
  writeFileSync(join(out, `${kind.toLowerCase()}-${api}.json`), JSON.stringify(schema))
}

const { definitions } = JSON.parse(readFileSync(swaggerFile, 'utf8')) as {
  definitions: Record<string, Schema>
}
const quantity = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
definitions[quantity] = { type: ['string', 'number'] }
for (const schema of Object.values(definitions)) {
  const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as Kind[]
  // What belongs to many kinds, such as DeleteOptions, is no manifest.
  if (kinds.length !== 1 || kinds[0] === undefined) continue
  write(kinds[0], { ...(strict(schema) as Schema), definitions: definitionsFor(schema, definitions) })
}

for (const name of readdirSync(crdFolder).filter((name) => name.endsWith('.yaml'))) {
  const { spec } = parse(readFileSync(join(crdFolder, name), 'utf8'))
  for (const { name: version, schema } of spec.versions) {
    const { properties, ...rest } = schema.openAPIV3Schema
    const metadata = { type: 'object' }
    const root = strict({ ...rest, properties: { ...properties, metadata } }) as Schema
    write({ group: spec.group, version, kind: spec.names.kind }, root)
  }
}
