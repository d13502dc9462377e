import type { Colour, Panel, PanelOptions } from './model.ts'
import { panel } from './panel.ts'

/** Panels of at least this width have their legend at the right. */
const wide = 12

/** The axis reaches at least to this value, so that an idle service shows no axis up to 100. */
const softMaxOf: Readonly<Record<string, number>> = { s: 0.1, percentunit: 0.05, bytes: 1024 }

export interface TimeSeriesOptions extends PanelOptions {
  readonly stacked?: boolean
  /** Default by unit; 1 for utilization. */
  readonly softMax?: number
  /** Shades of one colour for all series: red for server errors, orange for client errors. */
  readonly shades?: Colour
  /** Colours of the series whose names match a regular expression. */
  readonly colours?: Readonly<Record<string, Colour>>
}

/** A time series panel. Several thresholds appear as dashed lines. */
export function timeSeries(allOptions: TimeSeriesOptions): Panel {
  const { stacked = false, softMax, shades, colours = {}, ...options } = allOptions
  return panel(options, {
    type: 'timeseries',
    height: 8,
    defaults: {
      min: 0,
      color: shades ? { mode: 'shades', fixedColor: shades } : { mode: 'palette-classic' },
      custom: {
        drawStyle: 'line',
        lineWidth: 1,
        fillOpacity: stacked ? 30 : 10,
        showPoints: 'never',
        spanNulls: false,
        axisSoftMax: softMax ?? softMaxOf[options.unit] ?? 1,
        stacking: { mode: stacked ? 'normal' : 'none', group: 'A' },
        thresholdsStyle: { mode: (options.thresholds?.length ?? 0) > 1 ? 'dashed' : 'off' },
      },
    },
    overrides: Object.entries(colours).map(([pattern, fixedColor]) => ({
      matcher: { id: 'byRegexp', options: pattern },
      properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
    })),
    options: {
      legend: {
        displayMode: 'table',
        placement: options.width >= wide ? 'right' : 'bottom',
        showLegend: true,
        calcs: ['lastNotNull', 'max'],
        sortBy: 'Max',
        sortDesc: true,
      },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  })
}
