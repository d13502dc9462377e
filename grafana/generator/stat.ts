import type { Colour, Json, Panel, PanelOptions, Threshold } from './model.ts'
import { instant, panel, toStep } from './panel.ts'

export interface StatOptions extends PanelOptions {
  /** Text and colour of an empty query result: red where absence is bad, else `text`. */
  readonly empty: readonly [text: string, colour: Colour]
  /** Texts and colours of single values. */
  readonly states?: readonly (readonly [value: number, text: string, colour: Colour])[]
  /** Thresholds of the series with these names, which mean something else than the others. */
  readonly thresholdsOf?: Readonly<Record<string, readonly Threshold[]>>
  readonly decimals?: number
  /** Shows the name of each series, too. */
  readonly named?: boolean
}

/** A stat panel: numbers on backgrounds coloured by their thresholds. */
export function stat(allOptions: StatOptions): Panel {
  const {
    empty,
    states = [],
    thresholdsOf = {},
    decimals = 0,
    named = false,
    targets,
    ...others
  } = allOptions
  // `$__rate_interval` grows with the selected time range, and a stat shows the present.
  const ofLastMinute = targets.map(({ expr, ...target }) => ({
    ...target,
    expr: expr.replaceAll('$__rate_interval', '1m'),
  }))
  const options = { ...others, targets: ofLastMinute }
  const values = states.map(([value, text, color], index) => [
    String(value),
    { text, color, index: index + 1 },
  ])
  const mappings: Json[] = [
    // Not `noValue`, which has the colour of the first threshold.
    {
      type: 'special',
      options: { match: 'null+nan', result: { text: empty[0], color: empty[1], index: 0 } },
    },
    ...(values.length > 0 ? [{ type: 'value', options: Object.fromEntries(values) }] : []),
  ]
  return panel(options, {
    type: 'stat',
    height: 4,
    target: instant,
    defaults: { color: { mode: 'thresholds' }, decimals, mappings },
    overrides: Object.entries(thresholdsOf).map(([name, steps]) => ({
      matcher: { id: 'byName', options: name },
      properties: [{ id: 'thresholds', value: { mode: 'absolute', steps: steps.map(toStep) } }],
    })),
    options: {
      colorMode: 'background',
      graphMode: 'none',
      justifyMode: 'auto',
      orientation: 'auto',
      textMode: named ? 'value_and_name' : 'value',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  })
}
