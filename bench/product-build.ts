import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkout, stateDir } from '../dev/lib/paths.ts'

export interface ProductBuild {
  /** Name of its folder. */
  readonly name: string
  /** Number of tools it offers; without one, those it has, and `echo`. */
  readonly tools?: number
  /** Folder of a compiled build; without one, that of this checkout. */
  readonly dist?: string
  /** Files of the build that are changed, for what no setting switches. */
  readonly change?: Readonly<Record<string, (text: string) => string>>
}

/**
 * Makes a copy of `dist` that offers the `echo` tool too: as for anybody who adds a tool, a file in the
 * folder of tools is all it takes.
 * @returns its folder, which is the working directory to start it in
 */
export function buildProduct({
  name,
  tools,
  dist = join(checkout, 'dist'),
  change = {},
}: ProductBuild): string {
  const folder = join(stateDir, 'bench', name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  cpSync(dist, join(folder, 'dist'), { recursive: true })
  // Read for its version, and tells Node that the files are modules.
  cpSync(join(checkout, 'package.json'), join(folder, 'package.json'))
  const toolFolder = join(folder, 'dist/tools')
  const echo = readFileSync(join(checkout, 'bench/product/echo.tool.js'), 'utf8')
  if (tools !== undefined) {
    for (const file of readdirSync(toolFolder)) if (file.endsWith('.tool.js')) rmSync(join(toolFolder, file))
    for (let i = 2; i <= tools; i++)
      writeFileSync(join(toolFolder, `echo-${i}.tool.js`), echo.replace("'echo'", `'echo_${i}'`))
  }
  writeFileSync(join(toolFolder, 'echo.tool.js'), echo)
  for (const [file, changed] of Object.entries(change)) {
    const path = join(folder, 'dist', file)
    writeFileSync(path, changed(readFileSync(path, 'utf8')))
  }
  return folder
}
