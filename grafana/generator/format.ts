import type { Json } from './model.ts'

const lineWidth = 110
const scalar = String.raw`(?:"(?:[^"\\\n]|\\.)*"|[-\d.e]+|true|false|null)`
const listOfScalars = new RegExp(String.raw`^(.*)\[\n\s+(${scalar}(?:,\n\s+${scalar})*)\n\s+\](,?)$`, 'gm')

/** Formats JSON as Biome does, because Biome also checks these files. */
export const format = (value: Json): string =>
  `${JSON.stringify(value, undefined, 2).replace(listOfScalars, (whole, before, items: string, after) => {
    const line = `${before}[${items.replace(/,\n\s+/g, ', ')}]${after}`
    return line.length > lineWidth ? whole : line
  })}\n`
