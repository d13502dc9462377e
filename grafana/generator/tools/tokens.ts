import type { Row } from '../model.ts'
import { rate, tools, total } from '../queries.ts'
import { table } from '../table.ts'
import { timeSeries } from '../time-series.ts'

/** Bytes of English text or JSON in one token of a language model. An estimate: every model has a tokenizer of its own. */
const bytesPerToken = 4
const estimate = (bytes: string): string => `${bytes} / ${bytesPerToken}`

export const tokens: Row = {
  id: 300,
  title: 'Tokens of results (estimate)',
  panels: [
    timeSeries({
      id: 301,
      title: 'Estimated tokens per call',
      description:
        'What does a call cost its caller? Average size of a result in tokens of a language model, by tool. An estimate: bytes of JSON divided by 4.',
      unit: 'none',
      width: 8,
      targets: [
        {
          expr: `${estimate(rate('mcp_tool_result_bytes_sum', tools, 'tool_name'))} / (${rate('mcp_tool_result_bytes_count', tools, 'tool_name')} > 0)`,
          legend: '{{tool_name}}',
        },
      ],
    }),
    timeSeries({
      id: 302,
      title: 'Estimated tokens per second',
      description:
        'Which tool do callers pay most for? Tokens of all results per second, by tool. An estimate: bytes of JSON divided by 4.',
      unit: 'cps',
      width: 8,
      stacked: true,
      targets: [
        {
          expr: estimate(rate('mcp_tool_result_bytes_sum', tools, 'tool_name')),
          legend: '{{tool_name}}',
        },
      ],
    }),
    table({
      id: 303,
      title: 'Estimated tokens by tool',
      description:
        'How many tokens did callers pay for? Tokens of all results in the selected time range, by tool. An estimate: bytes of JSON divided by 4.',
      unit: 'locale',
      width: 8,
      targets: [{ expr: `round(${estimate(total('mcp_tool_result_bytes_sum', tools, 'tool_name'))}) > 0` }],
      columns: [
        ['tool_name', 'Tool'],
        ['Value', 'Tokens'],
      ],
      sortBy: 'Tokens',
    }),
  ],
}
