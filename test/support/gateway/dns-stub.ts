import { createSocket } from 'node:dgram'
import { once } from 'node:events'

const headerBytes = 12
/** Compressed name of the question, type A, class IN, TTL of 1 s, address length of 4 bytes. */
const answerHead = Buffer.from([0xc0, headerBytes, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4])

export interface DnsStub {
  readonly port: number
  /** Receives queries and answers none. */
  hang(): void
  stop(): void
}

/**
 * DNS server that resolves every name to the same addresses, as Docker's does for the replicas of a service.
 * https://www.rfc-editor.org/rfc/rfc1035#section-4
 */
export async function startDnsStub(
  addresses: readonly string[],
  { host = '127.0.0.1', port = 0 } = {},
): Promise<DnsStub> {
  const socket = createSocket('udp4')
  const answers = addresses.map((address) =>
    Buffer.concat([answerHead, Buffer.from(address.split('.').map(Number))]),
  )
  let hanging = false
  socket.on('message', (query, { port, address }) => {
    if (hanging) return
    const question = query.subarray(headerBytes, query.indexOf(0, headerBytes) + 5)
    const header = Buffer.alloc(headerBytes)
    header.writeUInt16BE(query.readUInt16BE(0), 0)
    header.writeUInt16BE(0x8180, 2)
    header.writeUInt16BE(1, 4)
    header.writeUInt16BE(answers.length, 6)
    socket.send(Buffer.concat([header, question, ...answers]), port, address)
  })
  socket.bind(port, host)
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    hang: () => {
      hanging = true
    },
    stop: () => void socket.close(),
  }
}
