import type { Panel, PanelOptions, Threshold } from './model.ts'
import { panel } from './panel.ts'

export interface StateOptions extends PanelOptions {
  /** What each value means. */
  readonly states: readonly (readonly [value: number, text: string, colour: Threshold[1]])[]
}

/** Bands over time: which state something was in. */
export function states({ states: meanings, ...options }: StateOptions): Panel {
  const mapping = Object.fromEntries(
    meanings.map(([value, text, color], index) => [String(value), { text, color, index }]),
  )
  return panel(options, {
    type: 'state-timeline',
    height: 6,
    defaults: {
      color: { mode: 'thresholds' },
      mappings: [{ type: 'value', options: mapping }],
      custom: { fillOpacity: 70, lineWidth: 0 },
    },
    options: {
      mergeValues: true,
      showValue: 'auto',
      alignValue: 'left',
      rowHeight: 0.9,
      legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
      tooltip: { mode: 'single', sort: 'none' },
    },
  })
}

/** How a value that is 1 while something answers, and 0 otherwise, is shown wherever it is. */
export const upOrDown = {
  thresholds: [
    [null, 'red'],
    [1, 'green'],
  ],
  states: [
    [0, 'down', 'red'],
    [1, 'up', 'green'],
  ],
} satisfies Pick<StateOptions, 'thresholds' | 'states'>
