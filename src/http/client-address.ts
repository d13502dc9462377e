import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whose address a request is counted under: what the trusted proxies say (`trust proxy` of Express), else
 * who is connected. An IPv6 network counts as one, because its owner has 2^64 addresses to choose from.
 */
export function clientAddress(req: IncomingMessage): string {
  const said = 'ip' in req && typeof req.ip === 'string' ? req.ip : ''
  const address = isIP(said) ? said : (req.socket.remoteAddress ?? 'unknown')
  const [, v4 = address] = /^::ffff:([\d.]+)$/i.exec(address) ?? []
  return isIP(v4) === 6 ? networkOf(v4) : v4
}

/** The first 64 bits of an IPv6 address, each group written out. */
function networkOf(address: string): string {
  const [, plain = ''] = /^([^%]*)/.exec(address) ?? []
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
