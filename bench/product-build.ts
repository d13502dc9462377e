import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout, stateDir } from '../dev/lib/paths.ts'

export interface ProductBuild {
  /** Folder name. */
  readonly name: string
  /** Replaces the tools by this many copies of `echo`; by default `echo` is added. */
  readonly tools?: number
  /** Folder of a compiled build; defaults to this checkout's. */
  readonly dist?: string
  /** Patches by file, for changes that no setting makes. */
  readonly patches?: Readonly<Record<string, (text: string) => string>>
}

/**
 * Copies `dist` and adds the `echo` tool as a file in its tools folder.
 * @returns the working directory to start it in
 */
export function buildProduct({
  name,
  tools,
  dist = join(checkout, 'dist'),
  patches = {},
}: ProductBuild): string {
  const folder = join(stateDir, 'bench', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(dist, join(folder, 'dist'), { recursive: true })
  // The server reads its version; Node reads the module type.
  cpSync(join(checkout, 'package.json'), join(folder, 'package.json'))
  const toolFolder = join(folder, 'dist/tools')
  const echo = readFileSync(join(checkout, 'bench/product/echo.tool.js'), 'utf8')
  if (tools !== undefined) {
    for (const file of readdirSync(toolFolder)) if (file.endsWith('.tool.js')) rmSync(join(toolFolder, file))
    for (let i = 2; i <= tools; i++)
      writeFileSync(join(toolFolder, `echo-${i}.tool.js`), echo.replace("'echo'", `'echo_${i}'`))
  }
  writeFileSync(join(toolFolder, 'echo.tool.js'), echo)
  for (const [file, patch] of Object.entries(patches)) {
    const path = join(folder, 'dist', file)
    writeFileSync(path, patch(readFileSync(path, 'utf8')))
  }
  return folder
}
