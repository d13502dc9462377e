/**
 * Preload of a server under test (`--import`): reports memory and active resources over the IPC channel.
 * Needs `--expose-gc`, because memory is comparable only after a garbage collection.
 */
process.on('message', () => {
  // The second collection frees objects that finalizers of the first released.
  for (let round = 0; round < 2; round++) globalThis.gc?.()
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  const resources = {}
  for (const type of process.getActiveResourcesInfo()) resources[type] = (resources[type] ?? 0) + 1
  process.send?.({ rss, heapUsed, external, arrayBuffers, resources })
})
process.channel?.unref()
