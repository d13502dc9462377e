const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** HTTPS or loopback: "potentially trustworthy" in the sense of https://www.w3.org/TR/secure-contexts/. */
export function isTrustworthyUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && loopbackHosts.includes(hostname))
}
