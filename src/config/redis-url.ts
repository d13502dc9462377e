/** One host of a Redis deployment. */
export interface RedisHost {
  readonly host: string
  readonly port: number
}

/** A parsed `REDIS_URL` of a Sentinel or Cluster deployment. */
export interface RedisGroup {
  /** `sentinel`: the hosts are sentinels. `cluster`: the hosts are seed nodes. */
  readonly kind: 'sentinel' | 'cluster'
  readonly hosts: readonly RedisHost[]
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  /** Name of the monitored primary, for Sentinel. */
  readonly primaryName: string | undefined
  readonly database: number
  /** Password of the sentinels themselves. */
  readonly sentinelPassword: string | undefined
}

const defaultPorts = { sentinel: 26_379, cluster: 6_379 }

const groupUrl =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/
const hostAndPort = /^(?<host>\[[0-9a-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i

/**
 * Parses `redis+sentinel://[user:password@]host[:port],…/primary[/database][?sentinelPassword=…]` and
 * `redis+cluster://[user:password@]host[:port],…`; `rediss+…` uses TLS. Not with `URL`, which allows one
 * host only.
 * @returns undefined for any other URL
 */
export function parseRedisGroup(url: string): RedisGroup | undefined {
  const parts = groupUrl.exec(url)?.groups
  if (parts === undefined) return undefined
  const kind = parts.kind as RedisGroup['kind']
  const hosts = (parts.hosts ?? '').split(',').map((text) => parseHost(text, defaultPorts[kind]))
  const [primaryName = '', database = '0', ...more] = (parts.path ?? '').split('/')
  const pathFits =
    kind === 'sentinel'
      ? primaryName !== '' && /^\d{1,4}$/.test(database) && more.length === 0
      : primaryName === ''
  const { username, password } = parts
  const query = new URLSearchParams(parts.query)
  const known = [...query.keys()].every((name) => kind === 'sentinel' && name === 'sentinelPassword')
  if (!pathFits || !known || !hosts.every((host) => host !== undefined)) return undefined
  try {
    return {
      kind,
      hosts,
      tls: parts.scheme === 'rediss',
      username: username ? decodeURIComponent(username) : undefined,
      password: password ? decodeURIComponent(password) : undefined,
      primaryName: kind === 'sentinel' ? decodeURIComponent(primaryName) : undefined,
      database: Number(database),
      sentinelPassword: query.get('sentinelPassword') ?? undefined,
    }
  } catch {
    // Malformed percent-encoding.
    return undefined
  }
}

function parseHost(text: string, defaultPort: number): RedisHost | undefined {
  const parts = hostAndPort.exec(text)?.groups
  const port = Number(parts?.port ?? defaultPort)
  return parts?.host === undefined || port > 65_535
    ? undefined
    : { host: parts.host.replace(/^\[|\]$/g, ''), port }
}
