import { startPostgres } from './dev/embedded-postgres.ts'
import { seed } from './bench/search/corpus.ts'
import { openDatabase } from './bench/search/database.ts'
import { measureLoad } from './bench/search/measure-load.ts'
import { createVocabulary } from './bench/search/vocabulary.ts'
const postgres = await startPostgres({})
const v = createVocabulary(seed)
for (const n of [1000,20000, 100001]) { const b = await openDatabase(postgres, n); console.log(n, await measureLoad(b, v, n)); await b.close() }
await postgres.stop()
