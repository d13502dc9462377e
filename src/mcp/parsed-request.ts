/**
 * The `Request` of a body that has been read and parsed already. The SDK asks such a request for its method,
 * headers and signal; the rest of a real one, which costs more than all of that, is made when it is asked for.
 */
export class ParsedRequest {
  readonly method: string
  readonly url: string
  readonly signal: AbortSignal
  readonly #fields: [string, string][]
  #headers: Headers | undefined
  #whole: Request | undefined

  constructor(
    url: string,
    { method, headers, signal }: { method: string; headers: [string, string][]; signal: AbortSignal },
  ) {
    this.method = method
    this.url = url
    this.signal = signal
    this.#fields = headers
  }

  get headers(): Headers {
    this.#headers ??= new Headers(this.#fields)
    return this.#headers
  }

  /** The same as the platform makes it; its body is empty, because it has been read. */
  whole(): Request {
    const { url, method, headers, signal } = this
    this.#whole ??= new Request(url, { method, headers, signal })
    return this.#whole
  }
}

for (const name of Object.getOwnPropertyNames(Request.prototype) as (keyof Request)[]) {
  if (name in ParsedRequest.prototype || ['method', 'url', 'signal'].includes(name)) continue
  Object.defineProperty(ParsedRequest.prototype, name, {
    get(this: ParsedRequest) {
      const whole = this.whole()
      const value: unknown = whole[name]
      return typeof value === 'function' ? value.bind(whole) : value
    },
  })
}

/** A request for the SDK, as cheap as it can be. */
export function parsedRequest(...[url, init]: ConstructorParameters<typeof ParsedRequest>): Request {
  return new ParsedRequest(url, init) as unknown as Request
}
