import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose'
import Provider, { type Configuration } from 'oidc-provider'
import { afterFile } from './cleanup.ts'
import { scopes as scopesOf } from './sample-calls.ts'

interface SigningKey {
  readonly kid: string
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  readonly jwk: JWK
}

export interface AuthorizationServer {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Current signing key. */
  key(): SigningKey
  /** Requests an access token by client credentials. */
  token(options: { resource: string; scope?: string }): Promise<string>
  /** Signs arbitrary claims with the current signing key. */
  forge(claims: JWTPayload, header?: { alg?: string; kid?: string; typ?: string }): Promise<string>
  /** Claims of a valid token. */
  claims(audience: string, changes?: JWTPayload): JWTPayload
  /** Replaces the signing key and removes the old one from the JWKS. */
  rotate(): Promise<void>
  /** Closes the port; `start` opens it again. */
  stop(): Promise<void>
  start(): Promise<void>
  /** Paths requested so far. */
  readonly requests: string[]
}

const scopes = scopesOf('all')
const client = { id: 'test-machine', secret: randomBytes(24).toString('hex') }

/** A real OAuth authorization server on loopback: client credentials, resource indicators, JWT access tokens. */
export async function startAuthorizationServer(): Promise<AuthorizationServer> {
  let handle: RequestListener = (_req, res) => void res.writeHead(503).end()
  let key: SigningKey
  let server: Server
  let port = 0
  const requests: string[] = []

  async function start(): Promise<void> {
    server = createServer((req, res) => {
      requests.push(req.url ?? '')
      return handle(req, res)
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    port = (server.address() as AddressInfo).port
  }
  async function stop(): Promise<void> {
    const closed = once(server, 'close')
    server.close().closeAllConnections()
    await closed
  }
  async function rotate(): Promise<void> {
    key = await generateSigningKey()
    handle = new Provider(issuer, createConfiguration(key)).callback()
  }

  await start()
  const issuer = `http://127.0.0.1:${port}`
  await rotate()
  afterFile(() => server.close().closeAllConnections())

  return {
    issuer,
    clientId: client.id,
    clientSecret: client.secret,
    requests,
    key: () => key,
    rotate,
    start,
    stop,
    async token({ resource, scope = '' }) {
      const response = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}` },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource, scope }),
      })
      const body = (await response.json()) as { access_token?: string }
      if (body.access_token === undefined)
        throw new Error(`the token endpoint returned no access token: ${JSON.stringify(body)}`)
      return body.access_token
    },
    claims: (audience, changes = {}) => ({
      iss: issuer,
      sub: client.id,
      aud: audience,
      scope: scopes.join(' '),
      exp: Math.floor(Date.now() / 1000) + 300,
      ...changes,
    }),
    forge: (claims, { alg = 'RS256', kid = key.kid, typ = 'at+jwt' } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, typ }).sign(key.privateKey),
  }
}

async function generateSigningKey(): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
  const kid = randomBytes(8).toString('hex')
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { ...(await exportJWK(privateKey)), kid, alg: 'RS256', use: 'sig' },
  }
}

function createConfiguration({ jwk }: SigningKey): Configuration {
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    scopes,
    jwks: { keys: [jwk as never] },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: scopes.join(' '),
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  }
}
