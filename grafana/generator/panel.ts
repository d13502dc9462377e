import { drillDownLink, runbookLink } from './links.ts'
import type { Json, Panel, PanelOptions, Target, Threshold } from './model.ts'
import { datasource } from './variables.ts'

const refIds = 'ABCDEFGH'

export interface PanelType {
  readonly type: string
  readonly height: number
  readonly target?: { readonly [key: string]: Json }
  readonly defaults?: { readonly [key: string]: Json }
  readonly overrides?: readonly Json[]
  readonly options: { readonly [key: string]: Json }
  readonly extra?: { readonly [key: string]: Json }
}

/** Builds the JSON that all panel types share. */
export function panel(options: PanelOptions, panelType: PanelType): Panel {
  const { id, title, description, unit, targets, thresholds = [[null, 'green']], runbooks = [] } = options
  return {
    width: options.width,
    height: options.height ?? panelType.height,
    json: {
      id,
      type: panelType.type,
      title,
      description,
      datasource,
      ...(options.interval && { interval: options.interval }),
      links: runbooks.map(runbookLink),
      targets: targets.map((target, index) => ({ ...toTarget(target, index), ...panelType.target })),
      fieldConfig: {
        defaults: {
          unit,
          thresholds: { mode: 'absolute', steps: thresholds.map(toStep) },
          ...(options.drillDown && { links: [drillDownLink(options.drillDown)] }),
          ...panelType.defaults,
        },
        overrides: panelType.overrides ?? [],
      },
      options: panelType.options,
      ...panelType.extra,
    },
  }
}

export const toStep = ([value, color]: Threshold): Json => ({ value, color })

const toTarget = ({ expr, legend = '', exemplar = false }: Target, index: number) => ({
  refId: refIds.charAt(index),
  datasource,
  expr,
  legendFormat: legend,
  range: true,
  instant: false,
  exemplar,
})

/** Target options of instant queries. */
export const instant = { range: false, instant: true }
