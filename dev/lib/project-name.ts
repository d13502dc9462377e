import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout } from './paths.ts'

/** What package.json calls this project. */
export const projectName = (
  JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { name: string }
).name

/** What Kubernetes calls the server, and Prometheus its job. Rules and manifests are no programs: they say it themselves. */
export const jobName = 'mcp-server'
