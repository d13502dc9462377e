/** One host of a Redis deployment. */
export interface RedisHost {
  readonly host: string
  readonly port: number
}

/** What `REDIS_URL` says about a Redis that is more than one server. */
export interface RedisGroup {
  /** `sentinel`: the hosts know which server is the primary. `cluster`: the hosts are some of its nodes. */
  readonly kind: 'sentinel' | 'cluster'
  readonly hosts: readonly RedisHost[]
  readonly tls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
  /** What the sentinels call the primary. */
  readonly primaryName: string | undefined
  readonly database: number
  /** Sentinels have a password of their own, or none. */
  readonly sentinelPassword: string | undefined
}

const defaultPorts = { sentinel: 26_379, cluster: 6_379 }

const groupUrl =
  /^(?<scheme>rediss?)\+(?<kind>sentinel|cluster):\/\/(?:(?<username>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?#]+)(?:\/(?<path>[^?#]*))?(?:\?(?<query>[^#]*))?$/
const hostAndPort = /^(?<host>\[[0-9a-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i

/**
 * Reads `redis+sentinel://[user:password@]host[:port],…/primary[/database][?sentinelPassword=…]` and
 * `redis+cluster://[user:password@]host[:port],…`; with `rediss+…` every connection is encrypted. They are
 * no URLs in the sense of the URL standard, which knows one host only.
 *
 * @returns undefined where it is neither
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
    // A % that begins no escape.
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
