/** The part of Grafana's classic dashboard JSON that is used here. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

/** From which value on a colour holds; the first one has no lower bound. */
export type Threshold = readonly [from: number | null, colour: 'green' | 'yellow' | 'orange' | 'red' | 'blue']

export interface Target {
  readonly expr: string
  /** `{{label}}` stands for a label's value. */
  readonly legend?: string
  /** Shows the traces behind the numbers; of queries over histograms that carry exemplars. */
  readonly exemplar?: boolean
}

export interface PanelOptions {
  /** Never changes and is never used again: links and screenshots name it. */
  readonly id: number
  readonly title: string
  readonly description: string
  /** Of Grafana's unit ids. */
  readonly unit: string
  readonly targets: readonly Target[]
  readonly thresholds?: readonly Threshold[]
  /** In columns of 24; what a row does not give. */
  readonly width: number
  readonly height?: number
  /** Names of alerts; the panel links to their runbooks. */
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
