import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterFile } from './cleanup.ts'

/** Why there can be no certificates here; `skip` of node:test takes it. */
export const opensslMissing: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not on PATH'

/** Files of a certificate, its key, and of the authority that signed it and that nobody else knows. */
export interface Certificate {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

/**
 * Makes a certificate for a server of the calling test file, valid for two days.
 * @param names what clients may call the server, as OpenSSL writes it: `DNS:localhost,IP:127.0.0.1`
 */
export function createCertificate(names: string): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'mcp-certificate-'))
  afterFile(() => rmSync(directory, { recursive: true, force: true }))
  const inDirectory = (name: string) => join(directory, name)
  const newKey = ['-newkey', 'rsa:2048', '-nodes']
  openssl(
    ['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=An authority for tests'],
    ['-keyout', inDirectory('ca.key'), '-out', inDirectory('ca.pem')],
  )
  openssl(
    ['req', ...newKey, '-subj', '/CN=A server for tests'],
    ['-keyout', inDirectory('server.key'), '-out', inDirectory('server.csr')],
  )
  writeFileSync(inDirectory('names'), `subjectAltName=${names}\n`)
  openssl(
    ['x509', '-req', '-days', '2', '-in', inDirectory('server.csr'), '-extfile', inDirectory('names')],
    ['-CA', inDirectory('ca.pem'), '-CAkey', inDirectory('ca.key'), '-CAcreateserial'],
    ['-out', inDirectory('server.pem')],
  )
  return {
    caFile: inDirectory('ca.pem'),
    certFile: inDirectory('server.pem'),
    keyFile: inDirectory('server.key'),
  }
}

function openssl(...args: string[][]): void {
  const { status, stderr } = spawnSync('openssl', args.flat(), { encoding: 'utf8' })
  if (status !== 0) throw new Error(`openssl ${args.flat().join(' ')}: ${stderr}`)
}
