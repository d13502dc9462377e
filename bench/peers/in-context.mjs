/** Preload: runs each HTTP request in an `AsyncLocalStorage`, as tracing does. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { Server } from 'node:http'

const context = new AsyncLocalStorage()
const { emit } = Server.prototype
Server.prototype.emit = function (event, ...args) {
  return event === 'request'
    ? context.run({}, () => emit.call(this, event, ...args))
    : emit.call(this, event, ...args)
}
