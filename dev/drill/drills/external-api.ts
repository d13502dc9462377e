import { compose, containersOf, docker, lines } from '../compose.ts'
import { down, type StackDrill } from '../stack-drill.ts'

const tool = 'search_wikipedia'
const [service, network] = ['server', 'egress']

/** Takes the replicas off the network, or brings them back. */
async function each(verb: 'connect' | 'disconnect'): Promise<void> {
  const { networks } = JSON.parse(await compose('config', '--format', 'json'))
  const { name } = networks[network]
  for (const container of await containersOf(service)) {
    const format = '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}'
    const isMember = lines(await docker('inspect', '--format', format, container)).includes(name)
    if (isMember === (verb === 'disconnect')) await docker('network', verb, name, container)
  }
}

const drills: readonly StackDrill[] = [
  {
    name: 'external-api',
    does: `takes the replicas off the network "${network}", by which they reach the external API`,
    dashboard: 'mcp-dependencies',
    sign: down('external_api'),
    expects: [
      { name: 'DependencyDown', labels: { dependency: 'external_api' } },
      { name: 'CircuitBreakerOpen' },
      { name: 'HighErrorRate', labels: { tool_name: tool } },
    ],
    // None of these calls leaves the machine.
    calls: { perSecond: 2, tool },
    breakIt: () => each('disconnect'),
    repair: () => each('connect'),
  },
]

export default drills
