import dns, { type LookupAddress } from 'node:dns'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'

/** A name server that does not answer is given up after about 3 s. */
const probeOptions = { timeout: 1_000, tries: 2 }
const freshMs = 30_000
const retryAfterMs = 5_000

interface Entry {
  addresses?: LookupAddress[]
  error?: Error
  pending?: Promise<unknown>
  dueAtMs: number
}

const entries = new Map<string, Entry>()
const lookup = dns.lookup
const lookupAll = dns.promises.lookup

/**
 * Bounds the cost of a hanging name server: `getaddrinfo`, behind `dns.lookup`, then holds one of libuv's few
 * threads, delays all other lookups of the process and cannot be cancelled, not even to exit. Lookups of these hosts
 * share one query, which probes the name server first, and the previous addresses are used until it succeeds.
 * Replaces `dns.lookup` of the process, because `fetch` and gRPC accept no other.
 */
export function boundLookups(hosts: readonly string[]): void {
  for (const host of hosts) if (isIP(host) === 0 && !entries.has(host)) entries.set(host, { dueAtMs: 0 })
  dns.lookup = boundedLookup as never
  dns.promises.lookup = boundedLookupAll as never
}

type LookupOptions = dns.LookupOptions & { family?: unknown }

function boundedLookup(host: string, ...rest: unknown[]): void {
  const entry = entries.get(host)
  if (entry === undefined) {
    lookup(host, ...(rest as [never, never]))
    return
  }
  const callback = rest.pop() as (...result: unknown[]) => void
  const options = optionsOf(rest[0])
  resolve(host, entry, options).then(
    (addresses) =>
      options.all ? callback(null, addresses) : callback(null, addresses[0]?.address, addresses[0]?.family),
    (error: unknown) => callback(error),
  )
}

async function boundedLookupAll(host: string, given?: unknown): Promise<LookupAddress[] | LookupAddress> {
  const entry = entries.get(host)
  if (entry === undefined) return lookupAll(host, given as never)
  const options = optionsOf(given)
  const addresses = await resolve(host, entry, options)
  return options.all ? addresses : (addresses[0] as LookupAddress)
}

const optionsOf = (given: unknown): LookupOptions =>
  typeof given === 'object' && given !== null ? given : { family: given as number }

/** The host's addresses of the wanted family; the previous ones while they are refreshed. */
async function resolve(host: string, entry: Entry, { family }: LookupOptions): Promise<LookupAddress[]> {
  if (performance.now() >= entry.dueAtMs) entry.pending ??= refresh(host, entry)
  if (entry.addresses === undefined) await entry.pending
  const wanted = { IPv4: 4, IPv6: 6 }[String(family)] ?? family
  const addresses = entry.addresses?.filter((address) => !wanted || address.family === wanted) ?? []
  if (addresses.length > 0) return addresses
  throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`, { cause: entry.error }), {
    code: 'ENOTFOUND',
    hostname: host,
  })
}

async function refresh(host: string, entry: Entry): Promise<void> {
  try {
    entry.addresses = await query(host)
    entry.dueAtMs = performance.now() + freshMs
  } catch (error) {
    entry.error = error as Error
    entry.dueAtMs = performance.now() + retryAfterMs
  }
  delete entry.pending
}

async function query(host: string): Promise<LookupAddress[]> {
  const known = await readHostsFile(host)
  if (known.length > 0) return known
  // A probe by c-ares, without a thread. The result is getaddrinfo's, which knows search domains and other sources.
  await new dns.promises.Resolver(probeOptions).resolve4(host).catch((error: NodeJS.ErrnoException) => {
    if (error.code === dns.TIMEOUT) throw error
  })
  return lookupAll(host, { all: true })
}

async function readHostsFile(host: string): Promise<LookupAddress[]> {
  const text = await readFile('/etc/hosts', 'utf8').catch(() => '')
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = (line.split('#')[0] ?? '').trim().split(/\s+/)
    return names.includes(host) ? [{ address, family: address.includes(':') ? 6 : 4 }] : []
  })
}
