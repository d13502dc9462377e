import { readFileSync } from 'node:fs'
import { projectPath } from './environment.ts'

const { name, version, description } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as {
  name: string
  version: string
  description: string
}

/** How this server names itself to clients, in logs and to other systems. */
export const service = { name, title: 'Observable MCP server', version } as const

/** What it is, in one sentence, for people. */
export const serviceDescription = description
