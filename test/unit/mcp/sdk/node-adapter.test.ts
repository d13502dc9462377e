import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { anonymous } from '../../../../src/auth/caller.ts'
import { bodyLimits } from '../../../../src/mcp/read-body.ts'
import { toNodeListener } from '../../../../src/mcp/sdk/node-adapter.ts'
import { rawPost } from '../../../support/socket.ts'
import { withResolvers } from '../../../support/with-resolvers.ts'

/** More than the kernel buffers. */
const event = `data: ${'x'.repeat(1024 * 1024)}\n\n`
const events = 16

describe('toNodeListener', () => {
  let onFinish: () => void = () => undefined
  const finished = new Promise<void>((resolve) => {
    onFinish = resolve
  })
  const listener = toNodeListener(
    async () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (let n = 0; n < events; n++) controller.enqueue(Buffer.from(event))
            controller.close()
          },
        }),
        { headers: { 'content-type': 'text/event-stream' } },
      ),
    {
      earlyAdmissions: [],
      admissions: [
        (arrival) => {
          arrival.onFinish(onFinish)
          return undefined
        },
      ],
      bodies: bodyLimits(),
      addressOf: () => '192.0.2.1',
      clientOf: () => undefined,
      reject: () => undefined,
      keepAlive: { keep: () => () => undefined },
    },
  )
  const server = createServer((req, res) => void listener(req, res, anonymous))
  before(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(() => server.close().closeAllConnections())

  it('finishes a call whose event stream nobody reads, and delivers all of it later', async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
    const body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
    socket.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    )
    await finished
    let received = 0
    socket.on('data', (chunk) => {
      received += chunk.length
    })
    socket.resume()
    await once(socket, 'end')
    assert.ok(received > events * event.length, `${received} bytes`)
  })

  it('drops a request whose client disconnected while an admission waited', async () => {
    const reached: string[] = []
    const [entered, left] = [withResolvers<void>(), withResolvers<void>()]
    const served = withResolvers<void>()
    const listener = toNodeListener(
      async () => {
        reached.push('handler')
        return new Response('{}')
      },
      {
        earlyAdmissions: [],
        admissions: [
          async () => {
            entered.resolve()
            await left.promise
            return undefined
          },
        ],
        bodies: bodyLimits(),
        addressOf: () => '192.0.2.1',
        clientOf: () => undefined,
        reject: ({ reason }) => reached.push(reason),
        keepAlive: { keep: () => () => undefined },
      },
    )
    const server = createServer((req, res) => {
      res.once('close', left.resolve)
      void listener(req, res, anonymous, () => reached.push('stream')).then(served.resolve)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    socket.write(
      rawPost({ jsonrpc: '2.0', id: 1, method: 'subscriptions/listen', params: { notifications: {} } }),
    )
    await entered.promise
    socket.destroy()
    await served.promise
    server.close()
    assert.deepEqual(reached, ['aborted'])
  })
})
