import { type Call, callTool } from './calls.ts'

const atATime = 5

/** Asks for every document whose addition was acknowledged. */
export async function lostOf(
  mcpUrl: URL,
  calls: readonly Call[],
): Promise<{ lost: string[]; acknowledged: number }> {
  const ids = calls.flatMap(({ added }) => added ?? [])
  const left = [...ids]
  const lost: string[] = []
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let id = left.pop(); id !== undefined; id = left.pop()) {
        const answer = await callTool(mcpUrl, '2026-07-28', { name: 'fetch', arguments: { id } })
        const found = typeof answer !== 'string' && answer.result?.structuredContent?.id === id
        if (!found) lost.push(id)
      }
    }),
  )
  return { lost, acknowledged: ids.length }
}
