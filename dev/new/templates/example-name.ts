import type { DependencyCheck } from '../../../src/health/health.ts'

/** Checks that the server at this address responds. */
export const exampleNameCheck = (url: string): DependencyCheck => ({
  name: 'example_name',
  critical: false,
  intervalMs: 15_000,
  async run(signal) {
    const response = await fetch(url, { signal })
    await response.body?.cancel()
    if (!response.ok) throw new Error(`responded with status ${response.status}`)
  },
})
