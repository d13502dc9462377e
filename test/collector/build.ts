/** Builds the collector that `npm run test:collector` needs, if there is none. Takes some minutes. */
import { buildCollector, findCollector } from './binary.ts'

if (findCollector() === undefined) buildCollector()
console.log(`Collector: ${findCollector()}`)
