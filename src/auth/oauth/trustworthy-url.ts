const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** Whether what comes from there can be believed: by HTTPS, or from this machine, where nobody stands between. */
export function isTrustworthyUrl(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && loopbackHosts.includes(hostname))
}
