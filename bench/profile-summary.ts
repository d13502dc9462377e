/** Result of the inspector's Profiler, reduced to the used fields. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

type Frame = CpuProfile['nodes'][number]['callFrame']

/** Result of the inspector's HeapProfiler, reduced to the used fields. */
export interface AllocationProfile {
  readonly head: AllocationNode
}

interface AllocationNode {
  readonly callFrame: Frame
  readonly selfSize: number
  readonly children: readonly AllocationNode[]
}

/** Bytes per call, by package or folder and by function. */
export function byAllocation(profile: AllocationProfile, calls: number, lines: number): string[][][] {
  const parts = new Map<string, number>()
  const functions = new Map<string, number>()
  const add = (sums: Map<string, number>, name: string, bytes: number) =>
    sums.set(name, (sums.get(name) ?? 0) + bytes)
  const visit = ({ callFrame, selfSize, children }: AllocationNode) => {
    add(parts, partOf(callFrame), selfSize)
    add(functions, functionAt(callFrame), selfSize)
    for (const child of children) visit(child)
  }
  visit(profile.head)
  return [
    [['part', 'bytes per call'], ...top(parts, calls, 40)],
    [['function', 'bytes per call'], ...top(functions, calls, lines)],
  ]
}

const functionAt = (frame: Frame): string => `${frame.functionName || '(anonymous)'} ${locationOf(frame)}`

/** Microseconds per call by package or folder, highest first. */
export const byPart = (profile: CpuProfile, calls: number): string[][] => [
  ['part', 'µs per call'],
  ...top(selfTimes(profile, partOf), calls, 40),
]

export const byFunction = (profile: CpuProfile, calls: number, lines: number): string[][] => [
  ['function', 'µs per call'],
  ...top(selfTimes(profile, functionAt), calls, lines),
]

function selfTimes({ nodes, samples, timeDeltas }: CpuProfile, nameOf: (frame: Frame) => string) {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  samples.forEach((id, i) => {
    const name = names.get(id) ?? ''
    if (name.startsWith('(idle)')) return
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] ?? 0))
  })
  return times
}

const top = (times: Map<string, number>, calls: number, lines: number): string[][] =>
  [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, lines)
    .map(([name, micros]) => [name, (micros / calls).toFixed(1)])

function locationOf({ url, lineNumber }: Frame): string {
  const short = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/dist\//, '')
  return short === '' ? '' : `${short}:${lineNumber + 1}`
}

/** The package, source folder or Node module that a function belongs to. */
function partOf({ url, functionName }: Frame): string {
  const [, dependency] = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? []
  if (dependency !== undefined) return dependency
  const [, own] = /\/dist\/(.+)\/[^/]+$/.exec(url) ?? []
  if (own !== undefined) return `src/${own}`
  if (url.startsWith('node:')) return url.split('/').slice(0, 2).join('/')
  return functionName.startsWith('(') ? functionName : 'native'
}
