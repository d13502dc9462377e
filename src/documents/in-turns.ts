import { setImmediate as nextTurn } from 'node:timers/promises'

const charactersPerTurn = 20_000

/** The documents, with turns of the event loop in between, in which replies of Postgres are read. */
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
