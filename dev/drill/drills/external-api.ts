import { compose, containersOf, docker, lines } from '../compose.ts'
import { down, type StackDrill } from '../stack-drill.ts'

const tool = 'search_wikipedia'
const network = 'egress'

async function eachReplica(verb: 'connect' | 'disconnect'): Promise<void> {
  const { networks } = JSON.parse(await compose('config', '--format', 'json'))
  const { name } = networks[network]
  const format = '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}'
  for (const container of await containersOf('server')) {
    const isConnected = lines(await docker('inspect', '--format', format, container)).includes(name)
    if (isConnected === (verb === 'disconnect')) await docker('network', verb, name, container)
  }
}

const drills: readonly StackDrill[] = [
  {
    name: 'external-api',
    does: `disconnects the replicas from the network "${network}", which leads to the external API`,
    dashboard: 'mcp-dependencies',
    symptom: down('external_api'),
    expects: [
      { name: 'DependencyDown', labels: { dependency: 'external_api' } },
      { name: 'CircuitBreakerOpen' },
      { name: 'HighErrorRate', labels: { tool_name: tool } },
    ],
    // None of these calls reaches the external API.
    calls: { perSecond: 2, tool },
    injectFault: () => eachReplica('disconnect'),
    repair: () => eachReplica('connect'),
  },
]

export default drills
