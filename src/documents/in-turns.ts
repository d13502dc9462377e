import { setImmediate as nextTurn } from 'node:timers/promises'

const charactersPerTurn = 20_000

/** Yields the documents, with pauses for the event loop, so that Postgres replies are read. */
export async function* inTurns<Document extends { readonly text: string }>(
  documents: readonly Document[],
): AsyncGenerator<Document> {
  let characters = 0
  for (const document of documents) {
    characters += document.text.length
    if (characters > charactersPerTurn) {
      await nextTurn()
      characters = 0
    }
    yield document
  }
}
