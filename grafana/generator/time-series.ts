import type { Panel, PanelOptions } from './model.ts'
import { panel } from './panel.ts'

const legend = { displayMode: 'table', placement: 'bottom', showLegend: true, calcs: ['mean', 'max'] }

export interface TimeSeriesOptions extends PanelOptions {
  readonly stacked?: boolean
  /** Upper bound of the axis: 1 for ratios. */
  readonly max?: number
}

/** A time series panel. Several thresholds appear as dashed lines. */
export function timeSeries({ stacked = false, max, ...options }: TimeSeriesOptions): Panel {
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
