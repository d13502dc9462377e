/**
 * `npm run audit`: checks the locked packages for known vulnerabilities, except those in `.audit-allow.json`. Exit
 * code 0: clean, 1: action needed, 3: not checked.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { runMain } from '../lib/command.ts'
import { judgeAudit, readAllowList, readReport } from './judge-audit.ts'

const allowListFile = '.audit-allow.json'
const timeoutMs = 120_000

await runMain(() => {
  const exemptions = readAllowList(existsSync(allowListFile) ? readFileSync(allowListFile, 'utf8') : '[]')
  const codes = Object.entries({ production: ['--omit=dev'], all: [] }).map(([scope, flags]) => {
    // npm exits with 1 for vulnerabilities as well as for errors; its output tells them apart.
    const { stdout } = spawnSync('npm', ['audit', '--json', ...flags], {
      encoding: 'utf8',
      timeout: timeoutMs,
      maxBuffer: 64 << 20,
    })
    const { exitCode, text } = judgeAudit(scope, readReport(stdout ?? ''), exemptions, new Date())
    console.log(text)
    return exitCode
  })
  // A finding counts even if the other scope could not be checked.
  return codes.includes(1) ? 1 : Math.max(...codes)
})
