import type { Cache } from '../../redis/cache.ts'
import { authorize } from './authorize.ts'
import { limitTime } from './limit-time.ts'
import type { Stage } from './pipeline.ts'
import { recordCall } from './record-call.ts'
import { useCache } from './use-cache.ts'
import { validateInput } from './validate-input.ts'
import { validateOutput } from './validate-output.ts'

/** The stages of every call, outermost first. In a file of its own, so that `callTool` runs the same ones in tests. */
export const pipelineStages = (cache: Cache): readonly Stage[] => [
  recordCall,
  limitTime,
  authorize,
  validateInput,
  useCache(cache),
  validateOutput,
]
