import { runbookLink } from './links.ts'
import type { Json, Panel, PanelOptions, Target, Threshold } from './model.ts'
import { datasource } from './variables.ts'

const refIds = 'ABCDEFGH'

export interface Kind {
  readonly type: string
  readonly height: number
  readonly target?: { readonly [key: string]: Json }
  readonly defaults?: { readonly [key: string]: Json }
  readonly overrides?: readonly Json[]
  readonly options: { readonly [key: string]: Json }
  readonly more?: { readonly [key: string]: Json }
}

/** What panels of all kinds share. */
export function panel(options: PanelOptions, kind: Kind): Panel {
  const { id, title, description, unit, targets, thresholds = [[null, 'green']], runbooks = [] } = options
  return {
    width: options.width,
    height: options.height ?? kind.height,
    json: {
      id,
      type: kind.type,
      title,
      description,
      datasource,
      links: runbooks.map(runbookLink),
      targets: targets.map((target, index) => ({ ...toTarget(target, index), ...kind.target })),
      fieldConfig: {
        defaults: {
          unit,
          thresholds: { mode: 'absolute', steps: thresholds.map(toStep) },
          ...kind.defaults,
        },
        overrides: kind.overrides ?? [],
      },
      options: kind.options,
      ...kind.more,
    },
  }
}

const toStep = ([value, color]: Threshold): Json => ({ value, color })

const toTarget = ({ expr, legend = '', exemplar = false }: Target, index: number) => ({
  refId: refIds.charAt(index),
  datasource,
  expr,
  legendFormat: legend,
  range: true,
  instant: false,
  exemplar,
})

/** Of queries that ask what holds now. */
export const instant = { range: false, instant: true }
