/** A time series in an SVG for light and dark pages. */
export interface Panel {
  readonly title: string
  readonly unit: string
  readonly points: readonly { readonly atS: number; readonly value: number }[]
  /** Below the title, such as the trend. */
  readonly note: string
}

export interface Plot {
  readonly title: string
  readonly subtitle: string
  readonly panels: readonly Panel[]
  /** End of the warm-up. */
  readonly warmUpS: number
}

const width = 920
const columns = 2
const panel = { width: 450, height: 190, left: 62, right: 18, top: 50, bottom: 38 }
const headHeight = 66

const style = `
  svg { font: 12px system-ui, sans-serif; background: #fff }
  text { fill: #1f2328 } .quiet { fill: #59636e } .title { font-size: 17px; font-weight: 600 } .name { font-weight: 600 }
  .line { fill: none; stroke: #0969da; stroke-width: 1.5 } .grid { stroke: #d1d9e0 } .warm { fill: #818b98; opacity: .14 }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117 } text { fill: #f0f6fc } .quiet { fill: #9198a1 }
    .line { stroke: #4493f8 } .grid { stroke: #3d444d }
  }`

export function drawPlot({ title, subtitle, panels, warmUpS }: Plot): string {
  const rows = Math.ceil(panels.length / columns)
  const height = headHeight + rows * panel.height
  const drawn = panels.map((one, index) => {
    const x = (index % columns) * (width / columns)
    const y = headHeight + Math.floor(index / columns) * panel.height
    return `<g transform="translate(${x} ${y})">${drawPanel(one, warmUpS)}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>${style}</style>
<text class="title" x="16" y="30">${escaped(title)}</text>
<text class="quiet" x="16" y="50">${escaped(subtitle)}</text>
${drawn.join('\n')}
</svg>
`
}

function drawPanel({ title, unit, points, note }: Panel, warmUpS: number): string {
  const endS = points.at(-1)?.atS ?? 1
  const yTicks = ticksUpTo(Math.max(...points.map(({ value }) => value), 1), 4)
  const top = yTicks.at(-1) ?? 1
  const x = (atS: number) => panel.left + (atS / endS) * (panel.width - panel.left - panel.right)
  const y = (value: number) =>
    panel.height - panel.bottom - (value / top) * (panel.height - panel.top - panel.bottom)
  const minutes = ticksUpTo(endS / 60, 5).filter((minute) => minute * 60 <= endS)
  const floor = panel.height - panel.bottom
  return [
    `<text class="name" x="16" y="20">${escaped(unit === '' ? title : `${title}, ${unit}`)}</text>`,
    `<text class="quiet" x="16" y="36">${escaped(note)}</text>`,
    `<rect class="warm" x="${panel.left}" y="${panel.top}" width="${round(x(warmUpS) - panel.left)}" height="${floor - panel.top}"/>`,
    ...yTicks.map(
      (tick) =>
        `<line class="grid" x1="${panel.left}" x2="${panel.width - panel.right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/>` +
        `<text class="quiet" x="${panel.left - 6}" y="${round(y(tick) + 4)}" text-anchor="end">${tick}</text>`,
    ),
    ...minutes.map(
      (minute) =>
        `<text class="quiet" x="${round(x(minute * 60))}" y="${floor + 16}" text-anchor="middle">${minute}</text>`,
    ),
    `<text class="quiet" x="${panel.width - panel.right}" y="${floor + 31}" text-anchor="end">minutes</text>`,
    `<polyline class="line" points="${points.map(({ atS, value }) => `${round(x(atS))},${round(y(value))}`).join(' ')}"/>`,
  ].join('\n')
}

/** From 0 to at least `max`, in at most `count` steps of 1, 2 or 5 times a power of ten. */
function ticksUpTo(max: number, count: number): number[] {
  const power = 10 ** Math.floor(Math.log10(max / count))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size * count >= max) ?? max
  return Array.from({ length: Math.ceil(max / step) + 1 }, (_one, index) =>
    Number((index * step).toPrecision(6)),
  )
}

const round = (value: number): number => Math.round(value * 10) / 10
const escaped = (text: string): string => text.replace(/[&<>"]/g, (one) => `&#${one.charCodeAt(0)};`)
