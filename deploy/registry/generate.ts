/**
 * Generates `server.json`, the entry of this server in the MCP registry, from package.json. With `--check` it writes
 * nothing, and fails if the file is out of date.
 */
import { updateGenerated } from '../../dev/lib/generated-file.ts'
import { service, serviceDescription } from '../../src/config/package.ts'

/** Owned by the publisher: the registry checks it. Replace OWNER by the account that hosts the repository. */
const namespace = 'io.github.OWNER'

const entry = {
  $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  name: `${namespace}/${service.name}`,
  title: service.title,
  description: serviceDescription,
  version: service.version,
  // A deployment of one's own. The publisher of a public one puts its URL here.
  remotes: [
    {
      type: 'streamable-http',
      url: 'https://{host}/mcp',
      variables: {
        host: { description: 'Host of the deployment', isRequired: true, placeholder: 'mcp.example.com' },
      },
      headers: [
        {
          name: 'Authorization',
          description: '"Bearer" and an API key, for AUTH_MODE=api-key; with OAuth, clients sign in',
          isRequired: false,
          isSecret: true,
        },
      ],
    },
  ],
}

await updateGenerated('server.json', `${JSON.stringify(entry, null, 2)}\n`)
