import { annotations } from './annotations.ts'
import { dashboardLinks, tag } from './links.ts'
import type { Dashboard, Json, Row } from './model.ts'

const columns = 24

/** Dashboard JSON for Grafana provisioning. */
export const toJson = ({ uid, title, description, variables, rows }: Dashboard): Json => ({
  id: null,
  uid,
  title,
  description,
  tags: [tag],
  schemaVersion: 42,
  version: 1,
  editable: true,
  graphTooltip: 1,
  fiscalYearStartMonth: 0,
  timezone: 'browser',
  weekStart: '',
  refresh: '30s',
  time: { from: 'now-30m', to: 'now' },
  timepicker: {},
  liveNow: false,
  links: dashboardLinks,
  annotations: { list: annotations },
  templating: { list: variables },
  panels: layOut(rows),
})

/** Places panels from left to right and wraps full lines. */
function layOut(rows: readonly Row[]): Json[] {
  const panels: Json[] = []
  let y = 0
  for (const row of rows) {
    panels.push({
      id: row.id,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: columns, h: 1 },
      panels: [],
    })
    y += 1
    let [x, lineHeight] = [0, 0]
    for (const { width, height, json } of row.panels) {
      if (x + width > columns) {
        y += lineHeight
        x = 0
        lineHeight = 0
      }
      panels.push({ ...json, gridPos: { x, y, w: width, h: height } })
      x += width
      lineHeight = Math.max(lineHeight, height)
    }
    y += lineHeight
  }
  return panels
}
