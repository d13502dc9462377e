import { projectName } from '../../../dev/lib/project-name.ts'
import type { Json, Panel, Row } from '../model.ts'

const loki = { type: 'loki', uid: 'loki' }
const tempo = { type: 'tempo', uid: 'tempo' }

/** A panel of another data source than Prometheus. */
const panelOf = (type: string, height: number, json: { readonly [key: string]: Json }): Panel => ({
  width: 12,
  height,
  json: { type, links: [], ...json },
})

/** Lines of tool, code, duration and cause, because the message of each line is the same. */
const failedMessages = panelOf('logs', 9, {
  id: 701,
  title: 'Failed messages',
  description:
    'What do failed calls say? Newest log lines: method or tool, code, duration, cause. Open a line for its trace.',
  datasource: loki,
  targets: [
    {
      refId: 'A',
      datasource: loki,
      queryType: 'range',
      maxLines: 100,
      expr: `{service_name="${projectName}"} | error_code != "" | line_format "{{or .gen_ai_tool_name .mcp_method_name}} {{.error_code}} {{.duration_ms}} ms {{or .error_cause_message .error_message .exception_message}}"`,
    },
  ],
  options: {
    dedupStrategy: 'none',
    enableLogDetails: true,
    showTime: true,
    sortOrder: 'Descending',
    wrapLogMessage: true,
  },
})

const failedCalls = panelOf('table', 9, {
  id: 702,
  title: 'Failed calls',
  description:
    'Where do calls fail? Newest traces with a failed tool call: click an id to see the failed span.',
  datasource: tempo,
  targets: [
    {
      refId: 'A',
      datasource: tempo,
      queryType: 'traceql',
      tableType: 'traces',
      limit: 20,
      query: `{ resource.service.name = "${projectName}" && span.mcp.method.name = "tools/call" && status = error }`,
    },
  ],
  fieldConfig: { defaults: { custom: { align: 'auto' } }, overrides: [] },
  options: { cellHeight: 'sm', showHeader: true, sortBy: [] },
})

export const failures: Row = { id: 700, title: 'Failures', panels: [failedMessages, failedCalls] }
