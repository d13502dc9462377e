/**
 * Loaded into a server under test with `--import`: tells over the IPC channel what the process holds. It needs
 * `--expose-gc`, because memory says something only after what is garbage has gone.
 */
process.on('message', () => {
  // The second time collects what finalizers of the first have let go.
  for (let round = 0; round < 2; round++) globalThis.gc?.()
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  const resources = {}
  for (const type of process.getActiveResourcesInfo()) resources[type] = (resources[type] ?? 0) + 1
  process.send?.({ rss, heapUsed, external, arrayBuffers, resources })
})
process.channel?.unref()
