import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'

export interface RunbookSources {
  /** Answers with success while the server can show its pages. */
  readonly readyUrl: string
  /** URL of the server's pages, up to the name of the runbook. */
  readonly pages: string
  /** Folder of the runbooks' files. */
  readonly folder: string
}

const maxWaitMs = 1_000

/** Leads to the server's page of a runbook; while there is none, answers with the text of its file. */
export async function sendRunbook(
  response: ServerResponse,
  name: string,
  { readyUrl, pages, folder }: RunbookSources,
): Promise<void> {
  const text = await readFile(`${folder}/${name}.md`, 'utf8').catch(() => undefined)
  if (text === undefined) {
    response.writeHead(404).end()
    return
  }
  response.setHeader('cache-control', 'no-store')
  if (await isReady(readyUrl)) response.writeHead(302, { location: pages + name }).end()
  else response.setHeader('content-type', 'text/plain; charset=utf-8').end(text)
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { ok, body } = await fetch(url, { signal: AbortSignal.timeout(maxWaitMs) })
    await body?.cancel()
    return ok
  } catch {
    return false
  }
}
