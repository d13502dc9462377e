import type { Panel, PanelOptions } from './model.ts'
import { panel } from './panel.ts'

const legend = { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['mean', 'max'] }

export interface CurveOptions extends PanelOptions {
  readonly stacked?: boolean
  /** Where the axis ends: 1 for shares. */
  readonly max?: number
}

/** Curves over time; thresholds, if there are several, are lines in it. */
export function curves({ stacked = false, max, ...options }: CurveOptions): Panel {
  return panel(options, {
    type: 'timeseries',
    height: 8,
    defaults: {
      min: 0,
      ...(max !== undefined && { max }),
      color: { mode: 'palette-classic' },
      custom: {
        drawStyle: 'line',
        lineWidth: 1,
        fillOpacity: stacked ? 30 : 10,
        showPoints: 'never',
        spanNulls: false,
        stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
        thresholdsStyle: { mode: (options.thresholds?.length ?? 0) > 1 ? 'dashed' : 'off' },
      },
    },
    options: { legend, tooltip: { mode: 'multi', sort: 'desc' } },
  })
}
