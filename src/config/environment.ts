import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigError } from './config.ts'

/** The environment, with what `.env` in the working directory adds to it; what is set already wins. */
export function readEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return process.env
}

/** A file or folder of the repository or image, from the sources as from the build. */
export const projectPath = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Runs a program's main function: what it throws ends the process with 1, bad configuration without a stack. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error)
    process.exit(1)
  }
}
