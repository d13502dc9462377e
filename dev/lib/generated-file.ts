import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { checkout } from './paths.ts'

/** Writes a generated file if it is out of date. With the argument `--check` it writes nothing, and fails instead. */
export async function updateGenerated(path: string, text: string): Promise<void> {
  const file = join(checkout, path)
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} is out of date. Run "npm run generate".\n`)
    process.exitCode = 1
  } else {
    await writeFile(file, text)
    process.stdout.write(`wrote ${path}\n`)
  }
}
