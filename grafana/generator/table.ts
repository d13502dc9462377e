import type { Panel, PanelOptions } from './model.ts'
import { instant, panel } from './panel.ts'

export interface TableOptions extends PanelOptions {
  /** Labels in the order of their columns, with their titles; `Value` is the number. All others are left out. */
  readonly columns: readonly (readonly [field: string, title: string])[]
  /** Labels that would be columns too. */
  readonly hidden?: readonly string[]
  readonly sortBy: string
}

/** What holds now, a line each. */
export function table({ columns, hidden = [], sortBy, ...options }: TableOptions): Panel {
  return panel(options, {
    type: 'table',
    height: 8,
    target: { ...instant, format: 'table' },
    defaults: { custom: { align: 'auto', filterable: true } },
    options: { cellHeight: 'sm', showHeader: true, sortBy: [{ displayName: sortBy, desc: true }] },
    more: {
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
