interface Batch<Request, Result> {
  readonly requests: Request[]
  readonly results: Promise<readonly Promise<Result>[]>
  readonly byKey: Map<string, Promise<Result>>
}

/**
 * Collects the requests of one event-loop turn, deduplicates them and loads them together at its end. A result is
 * never older than its request. Equal requests share one result object, which must not be mutated.
 * @param keyOf returns equal keys for equal requests only
 * @param loadMany receives distinct requests; each result may reject on its own
 */
export function batchPerTick<Request, Result>(
  keyOf: (request: Request) => string,
  loadMany: (requests: readonly Request[]) => readonly Promise<Result>[],
): (request: Request) => Promise<Result> {
  let batch: Batch<Request, Result> | undefined

  function createBatch(): Batch<Request, Result> {
    const requests: Request[] = []
    const results = new Promise((resolve) => setImmediate(resolve)).then(() => {
      batch = undefined
      return loadMany(requests)
    })
    return { requests, results, byKey: new Map() }
  }

  return (request) => {
    batch ??= createBatch()
    const { requests, results, byKey } = batch
    const key = keyOf(request)
    let result = byKey.get(key)
    if (result === undefined) {
      const index = requests.push(request) - 1
      result = results.then((all) => all[index] as Promise<Result>)
      byKey.set(key, result)
    }
    return result
  }
}
