import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import { waitFor } from '../../../../dev/lib/wait-for.ts'
import { trackConnections } from '../../../../src/http/server/connections.ts'
import { createHttpServer } from '../../../../src/http/server/server.ts'
import { blockEventLoop } from '../../../support/block-event-loop.ts'
import { afterFile } from '../../../support/cleanup.ts'
import { openConnection } from '../../../support/socket.ts'

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'

describe('trackConnections', () => {
  it('closes no connection whose request arrived while the event loop was blocked', async () => {
    const server = createHttpServer((_req, res) => res.end('ok'), { reject: () => undefined })
    const connections = trackConnections(server)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    afterFile(() => server.close().closeAllConnections())
    const connection = openConnection(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, get)
    await waitFor(() => connection.received().endsWith('ok'), { everyMs: 10 })
    const ended = connections.end()
    await blockEventLoop(1_500, () => connection.socket.write(get))
    await ended
    assert.equal((await connection.closed).text.match(/ok/g)?.length, 2)
  })
})
