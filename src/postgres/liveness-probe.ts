/** How long one waits for an answer before one asks for a sign of life, and again each time as long. */
const probeIntervalMs = 750

/**
 * Waits for an answer for as long as the other side is alive: one that works on it, or waits for a lock, gives
 * a sign of life when asked another way. One that gives none is frozen or cut off, and its answer is given up.
 * @param probe rejects when there is none
 * @throws what the work throws, or what `probe` rejects with
 */
export async function withLivenessProbe<T>(work: Promise<T>, probe: () => Promise<void>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => probe().catch(reject), probeIntervalMs)
  })
  try {
    return await Promise.race([work, silence])
  } finally {
    clearInterval(timer)
  }
}
