import type { Panel, PanelOptions } from './model.ts'
import { instant, panel } from './panel.ts'

export interface StatOptions extends PanelOptions {
  /** Text for an empty query result. */
  readonly noValue?: string
  readonly decimals?: number
}

/** A stat panel: one number on a background coloured by its threshold. */
export function stat({ noValue, decimals, ...options }: StatOptions): Panel {
  return panel(options, {
    type: 'stat',
    height: 4,
    target: instant,
    defaults: {
      color: { mode: 'thresholds' },
      ...(noValue !== undefined && { noValue }),
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
