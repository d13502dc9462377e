import { spawnSync } from 'node:child_process'
import { describe } from 'node:test'
import { startNginx } from '../support/gateway/nginx.ts'
import { itBehavesAsProxy } from './support/proxy-behavior.ts'

const isInstalled = spawnSync('nginx', ['-v']).status === 0

describe('nginx with the configuration of the guide', {
  skip: isInstalled ? false : 'no nginx on PATH',
}, () => {
  itBehavesAsProxy(startNginx)
})
