import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigError } from './config.ts'
import './early-signals.ts'

/** The environment, completed from `.env` in the working directory; variables already set take precedence. */
export function readEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return process.env
}

/** Absolute path of a file in the repository or image; works from `src` and from `dist`. */
export const projectPath = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

/** Runs a program's main function; an error exits with 1, a `ConfigError` without its stack. */
export async function run(main: () => Promise<void>): Promise<void> {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error)
    process.exit(1)
  }
}
