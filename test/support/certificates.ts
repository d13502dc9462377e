import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterFile } from './cleanup.ts'

/** Skip reason for node:test; false where OpenSSL is on PATH. */
export const opensslMissing: string | false =
  spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is not on PATH'

/** Files of a server certificate, its key and the private CA that signed it. */
export interface Certificate {
  readonly caFile: string
  readonly certFile: string
  readonly keyFile: string
}

/**
 * Creates a server certificate, valid for two days, removed after the test file.
 * @param names subject alternative names in OpenSSL syntax: `DNS:localhost,IP:127.0.0.1`
 */
export function createCertificate(names: string): Certificate {
  const directory = mkdtempSync(join(tmpdir(), 'mcp-certificate-'))
  afterFile(() => rmSync(directory, { recursive: true, force: true }))
  const inDirectory = (name: string) => join(directory, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    ['req', '-x509', ...newKey, '-days', '2', '-subj', '/CN=Test CA'],
    ['-keyout', inDirectory('ca.key'), '-out', inDirectory('ca.pem')],
  )
  openssl(
    ['req', ...newKey, '-subj', '/CN=Test server'],
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
