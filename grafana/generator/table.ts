import type { Json, Panel, PanelOptions } from './model.ts'
import { instant, panel } from './panel.ts'

export interface TableOptions extends PanelOptions {
  /** Labels in column order with their titles; `Value` is the query value. */
  readonly columns: readonly (readonly [field: string, title: string])[]
  /** Labels without a column. */
  readonly hidden?: readonly string[]
  /** Title of a column, descending; without it, rows stay in the order of the query. */
  readonly sortBy?: string
  readonly overrides?: readonly Json[]
}

/** A table panel of an instant query. */
export function table({ columns, hidden = [], sortBy, overrides = [], ...options }: TableOptions): Panel {
  return panel(options, {
    type: 'table',
    height: 8,
    target: { ...instant, format: 'table' },
    defaults: { custom: { align: 'auto', filterable: true }, decimals: 0 },
    overrides,
    options: {
      cellHeight: 'sm',
      showHeader: true,
      sortBy: sortBy === undefined ? [] : [{ displayName: sortBy, desc: true }],
    },
    extra: {
      transformations: [
        {
          id: 'organize',
          options: {
            excludeByName: Object.fromEntries(['Time', ...hidden].map((name) => [name, true])),
            indexByName: Object.fromEntries(columns.map(([field], index) => [field, index])),
            renameByName: Object.fromEntries(columns),
          },
        },
      ],
    },
  })
}
