import { readFileSync } from 'node:fs'
import { projectPath } from './environment.ts'

const { name, version, description } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
  name: string
  version: string
  description: string
}

/** Identity of this server towards clients, in logs and in outgoing requests. */
export const service = { name, title: 'Observable MCP server', version } as const

/** One sentence for the page at `/`. */
export const serviceDescription = description
