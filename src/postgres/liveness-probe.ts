const probeIntervalMs = 750

/**
 * Waits for `work` as long as the server passes liveness probes: a statement that is slow or waits for a lock goes on,
 * one on a frozen or unreachable server fails soon.
 * @param probe rejects if the server does not respond
 * @throws the error of `work` or of `probe`
 */
export async function withLivenessProbe<T>(work: Promise<T>, probe: () => Promise<void>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const probeFailure = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => probe().catch(reject), probeIntervalMs)
  })
  try {
    return await Promise.race([work, probeFailure])
  } finally {
    clearInterval(timer)
  }
}
