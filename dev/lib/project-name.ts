import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from './paths.ts'

/** The package name. */
export const projectName = (
  JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { name: string }
).name

/** The Kubernetes app label and Prometheus job. Rules and manifests repeat it, as they cannot import it. */
export const jobName = 'mcp-server'
