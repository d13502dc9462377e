import { format } from 'node:util'
import { diag } from '@opentelemetry/api'
import { diagLogLevelFromString } from '@opentelemetry/core'

/** Prints diagnostics of OpenTelemetry to standard error: the SDK's own logger prints text between the log lines. */
export function printDiagnostics(level: string): void {
  const print = (...values: unknown[]) =>
    void process.stderr.write(`${format('OpenTelemetry:', ...values)}\n`)
  const logLevel = diagLogLevelFromString(level)
  diag.setLogger(
    { error: print, warn: print, info: print, debug: print, verbose: print },
    logLevel === undefined ? {} : { logLevel },
  )
}
