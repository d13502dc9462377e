/**
 * Generates the PrometheusRule from prometheus/rules, which compose mounts directly. With `--check` it writes nothing,
 * and fails if the file is out of date.
 */
import { stringify } from 'yaml'
import { updateGenerated } from '../../dev/lib/generated-file.ts'
import { jobName } from '../../dev/lib/project-name.ts'
import { readRuleFile, ruleFileNames } from '../../dev/lib/rule-files.ts'

const rule = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: jobName, labels: { 'app.kubernetes.io/name': jobName } },
  spec: { groups: ruleFileNames().flatMap((name) => readRuleFile(name).groups) },
}
const header =
  '# Made from prometheus/rules by deploy/kubernetes/generate.ts: change them there, then run it.\n'
/** Prometheus may belong to others there, so its external labels are replaced; the overlay sets the hosts. */
const links = {
  '{{ $externalLabels.runbook_url_prefix }}': 'https://mcp.example.com/documents/runbooks.',
  '{{ $externalLabels.grafana_url }}': 'https://grafana.example.com',
}
const generated = Object.entries(links).reduce(
  (text, [label, url]) => text.replaceAll(label, url),
  header + stringify(rule, { aliasDuplicateObjects: false, lineWidth: 0 }),
)
await updateGenerated('deploy/kubernetes/components/monitoring/prometheus-rule.yaml', generated)
