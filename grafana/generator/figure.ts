import type { Panel, PanelOptions } from './model.ts'
import { instant, panel } from './panel.ts'

export interface FigureOptions extends PanelOptions {
  /** Shown where the query finds nothing. */
  readonly nothing?: string
  readonly decimals?: number
}

/** One number that says good or bad by its colour. */
export function figure({ nothing, decimals, ...options }: FigureOptions): Panel {
  return panel(options, {
    type: 'stat',
    height: 4,
    target: instant,
    defaults: {
      color: { mode: 'thresholds' },
      ...(nothing !== undefined && { noValue: nothing }),
      ...(decimals !== undefined && { decimals }),
    },
    options: {
      colorMode: 'background',
      graphMode: 'none',
      justifyMode: 'auto',
      orientation: 'auto',
      textMode: 'auto',
      reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
    },
  })
}
