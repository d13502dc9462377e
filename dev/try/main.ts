/** `npm run try` */
import { runMain } from '../lib/command.ts'
import { readOptions } from './options.ts'
import { createPrinter } from './print.ts'
import { run } from './run.ts'

const colors = process.stdout.isTTY && !process.env.NO_COLOR
const print = createPrinter((text) => process.stdout.write(text), colors)
await runMain(() => run(readOptions(process.argv.slice(2), process.env), print))
