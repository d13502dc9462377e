/** Input of the generator, and the JSON that it produces. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export type Colour = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'text'

/** Colour from a value upwards; the first threshold has no lower bound. */
export type Threshold = readonly [from: number | null, colour: Colour]

/** The dashboard that a click on a series or tile opens, with a variable set to the value of a label. */
export interface DrillDown {
  readonly uid: string
  readonly variable: string
  readonly label: string
}

export interface Target {
  readonly expr: string
  /** Legend format; `{{label}}` inserts the value of a label. */
  readonly legend?: string
  /** Shows exemplars that link to traces; for histogram queries only. */
  readonly exemplar?: boolean
}

export interface PanelOptions {
  /** Stable and never reused, because links contain it. */
  readonly id: number
  readonly title: string
  readonly description: string
  /** Grafana unit id. */
  readonly unit: string
  readonly targets: readonly Target[]
  readonly thresholds?: readonly Threshold[]
  /** Columns out of 24. */
  readonly width: number
  readonly height?: number
  /** Shortest window of `$__rate_interval`: a minute for rare events. */
  readonly interval?: '1m'
  readonly drillDown?: DrillDown
  /** Alerts whose runbooks the panel links to. */
  readonly runbooks?: readonly string[]
}

export interface Panel {
  readonly width: number
  readonly height: number
  readonly json: { readonly [key: string]: Json }
}

export interface Row {
  readonly id: number
  readonly title: string
  readonly panels: readonly Panel[]
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: readonly Json[]
  readonly rows: readonly Row[]
}
