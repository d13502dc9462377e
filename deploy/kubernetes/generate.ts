/**
 * Generates the PrometheusRule from prometheus/rules, which compose mounts directly. With `--check` it writes nothing,
 * and fails if the file is out of date.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { checkout } from '../../dev/lib/paths.ts'
import { jobName } from '../../dev/lib/project-name.ts'
import { readRuleFile, ruleFileNames } from '../../dev/lib/rule-files.ts'

const path = 'deploy/kubernetes/components/monitoring/prometheus-rule.yaml'
const file = join(checkout, path)

const rule = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: jobName, labels: { 'app.kubernetes.io/name': jobName } },
  spec: { groups: ruleFileNames().flatMap((name) => readRuleFile(name).groups) },
}
const header =
  '# Made from prometheus/rules by deploy/kubernetes/generate.ts: change them there, then run it.\n'
const generated = header + stringify(rule, { aliasDuplicateObjects: false, lineWidth: 0 })
const current = await readFile(file, 'utf8').catch(() => undefined)

if (process.argv.includes('--check')) {
  if (current !== generated) {
    process.stderr.write(`${path} is out of date. Run "npm run generate".\n`)
    process.exitCode = 1
  }
} else if (current !== generated) {
  await writeFile(file, generated)
  process.stdout.write(`wrote ${path}\n`)
}
