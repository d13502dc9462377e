import type { Colour, Panel, PanelOptions } from './model.ts'
import { panel } from './panel.ts'

export interface StateTimelineOptions extends PanelOptions {
  /** Text and colour of each value. */
  readonly states: readonly (readonly [value: number, text: string, colour: Colour])[]
}

/** A state timeline panel. */
export function stateTimeline({ states: mappings, ...options }: StateTimelineOptions): Panel {
  const mapping = Object.fromEntries(
    mappings.map(([value, text, color], index) => [String(value), { text, color, index }]),
  )
  return panel(options, {
    type: 'state-timeline',
    height: 6,
    defaults: {
      // Under `thresholds` Grafana ignores the texts of mappings and shows ranges such as `< 1`.
      color: { mode: 'palette-classic' },
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

/** States of a gauge that is 1 for up and 0 for down. */
export const upOrDown = {
  states: [
    [0, 'down', 'red'],
    [1, 'up', 'green'],
  ],
} satisfies Pick<StateTimelineOptions, 'states'>
