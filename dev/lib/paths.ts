import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this checkout. */
export const checkout = fileURLToPath(new URL('../..', import.meta.url))

/** State of the development services: ignored by git, safe to remove while nothing runs. */
export const stateDir = join(checkout, '.local')
