import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * The client's IP address: from trusted proxies (Express `trust proxy`) or the connection. IPv6 addresses are reduced
 * to their /64 network, because one client usually owns all 2^64 addresses of it.
 */
export function clientAddress(req: IncomingMessage): string {
  const { address } = clientOf(req)
  return isIP(address) === 6 ? networkOf(address) : address
}

/** The client's whole address, and its port, which proxies do not report. */
export function clientOf(req: IncomingMessage): { address: string; port: number | undefined } {
  const { remoteAddress, remotePort } = req.socket
  // A getter of Express that reads the forwarding headers each time.
  const { ip = '' } = req as IncomingMessage & { ip?: string }
  // Some proxies add the port, such as Azure Application Gateway: `198.51.100.7:443`, `[2001:db8::1]:443`.
  const forwarded = ip.replace(/^(\d+\.\d+\.\d+\.\d+):\d+$|^\[(.+)\](?::\d+)?$/, '$1$2')
  const address = isIP(forwarded) ? forwarded : (remoteAddress ?? 'unknown')
  const [, v4 = address] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  return { address: v4, port: address === remoteAddress ? remotePort : undefined }
}

/** The /64 network of an IPv6 address, without `::` in its groups. */
function networkOf(address: string): string {
  // Without the zone, as in `fe80::1%eth0`.
  const [plain = ''] = address.split('%')
  const [head = '', tail] = plain.toLowerCase().split('::')
  const groupsOf = (part: string) => (part === '' ? [] : part.split(':'))
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  const groups = tail === undefined ? before : [...before, ...zeros, ...after]
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}
