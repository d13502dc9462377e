import { type Call, callTool } from './calls.ts'

const concurrency = 5

/** Fetches every document whose addition was acknowledged. */
export async function findLostWrites(
  mcpUrl: URL,
  calls: readonly Call[],
): Promise<{ lost: string[]; acknowledged: number }> {
  const ids = calls.flatMap(({ added }) => added ?? [])
  const pending = [...ids]
  const lost: string[] = []
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      for (let id = pending.pop(); id !== undefined; id = pending.pop()) {
        const answer = await callTool(mcpUrl, '2026-07-28', { name: 'fetch', arguments: { id } })
        const found = typeof answer !== 'string' && answer.result?.structuredContent?.id === id
        if (!found) lost.push(id)
      }
    }),
  )
  return { lost, acknowledged: ids.length }
}
