import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterFile } from '../../support/cleanup.ts'
import type { RuleFile } from './named-queries.ts'
import { type Shortening, shortenWindows, type Windows } from './shorten-windows.ts'

/** Writes copies of rule files with shorter windows, removed with the test file. Returns their paths. */
export async function writeShortened(
  files: readonly RuleFile[],
  shortening: Shortening | Windows,
): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'stack-rules-'))
  afterFile(() => rm(directory, { recursive: true, force: true }))
  return Promise.all(
    files.map(async ({ file, text }) => {
      const path = join(directory, file)
      await writeFile(path, shortenWindows(text, shortening))
      return path
    }),
  )
}
