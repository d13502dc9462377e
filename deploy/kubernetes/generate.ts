/**
 * Writes what Kubernetes needs in a form of its own from the files that compose mounts as they are: the rules of
 * prometheus/rules as a PrometheusRule. With `--check` it writes nothing and fails where the file is not what
 * would be written.
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
const wanted = header + stringify(rule, { aliasDuplicateObjects: false, lineWidth: 0 })
const there = await readFile(file, 'utf8').catch(() => undefined)

if (process.argv.includes('--check')) {
  if (there !== wanted) {
    process.stderr.write(`${path} is not what prometheus/rules say. Run "npm run generate".\n`)
    process.exitCode = 1
  }
} else if (there !== wanted) {
  await writeFile(file, wanted)
  process.stdout.write(`${path} is written\n`)
}
