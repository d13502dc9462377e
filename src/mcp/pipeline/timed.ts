import { AppError } from '../../errors.ts'
import type { Stage } from '../pipeline.ts'

/**
 * Answers when the tool's time is up or the caller has gone, whether the tool listens to its signal or not.
 * A tool that does listen also stops working.
 */
export const timed: Stage = (tool, next) => async (args, context) => {
  const controller = new AbortController()
  const cancel = () => controller.abort(new AppError('cancelled', 'The call was cancelled.'))
  if (context.signal.aborted) cancel()
  context.signal.addEventListener('abort', cancel, { once: true })
  const timer = setTimeout(() => {
    controller.abort(
      new AppError(
        'timeout',
        `${tool.name} did not finish within ${tool.timeoutMs / 1000} s; try again, or ask for less.`,
      ),
    )
  }, tool.timeoutMs)
  try {
    return await Promise.race([
      rejectionOf(controller.signal),
      next(args, { ...context, signal: controller.signal }),
    ])
  } finally {
    clearTimeout(timer)
    context.signal.removeEventListener('abort', cancel)
  }
}

function rejectionOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
