import type { Panel, PanelOptions } from './model.ts'
import { panel } from './panel.ts'

/** A heatmap panel of histogram buckets over time. */
export function heatmap(options: PanelOptions): Panel {
  return panel(options, {
    type: 'heatmap',
    height: 9,
    target: { format: 'heatmap' },
    defaults: { custom: { scaleDistribution: { type: 'linear' } } },
    options: {
      calculate: false,
      cellGap: 1,
      cellValues: { unit: 'short' },
      color: {
        mode: 'scheme',
        scheme: 'Oranges',
        fill: 'dark-orange',
        exponent: 0.5,
        steps: 64,
        reverse: false,
      },
      exemplars: { color: 'rgba(80, 160, 255, 0.8)' },
      filterValues: { le: 1e-9 },
      legend: { show: true },
      rowsFrame: { layout: 'auto' },
      showValue: 'never',
      tooltip: { mode: 'single', showColorScale: true, yHistogram: true },
      yAxis: { axisPlacement: 'left', unit: options.unit, reverse: false },
    },
  })
}
