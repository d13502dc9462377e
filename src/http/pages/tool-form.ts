import { escapeHtml } from './layout.ts'

/** The part of JSON Schema that a form can represent; the server validates the rest. */
export interface ArgumentSchema {
  readonly type?: unknown
  readonly title?: unknown
  readonly description?: unknown
  readonly default?: unknown
  readonly examples?: unknown
  readonly enum?: unknown
  readonly minimum?: unknown
  readonly maximum?: unknown
  readonly minLength?: unknown
  readonly maxLength?: unknown
  readonly maxItems?: unknown
  readonly items?: unknown
}

export interface Argument {
  readonly name: string
  readonly required: boolean
  readonly schema: ArgumentSchema
}

/** Longer texts get a multi-line field. */
const oneLineLength = 1_000
/** Ignores the safe-integer bounds that zod adds to integers without limits. */
const isLimit = (value: unknown): value is number =>
  typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER

/** The arguments of a tool, required ones first. */
export function argumentsOf(inputSchema: Readonly<Record<string, unknown>>): Argument[] {
  const properties = (inputSchema.properties ?? {}) as Record<string, ArgumentSchema>
  const required = new Set((inputSchema.required as string[] | undefined) ?? [])
  return Object.entries(properties)
    .map(([name, schema]) => ({ name, schema, required: required.has(name) }))
    .sort((a, b) => Number(b.required) - Number(a.required))
}

/** First entry of the schema's `examples`. */
export const exampleOf = ({ schema }: Argument): unknown =>
  Array.isArray(schema.examples) ? schema.examples[0] : undefined

/**
 * A labelled control for one argument. The page's script parses its value by `data-type`: `string`, `number`,
 * `boolean`, `list` (one entry per line) or `json`.
 */
export function renderField(tool: string, argument: Argument): string {
  const { name, required, schema } = argument
  const id = escapeHtml(`${tool}-${name}`)
  const hint = hintOf(schema)
  const mark = required ? '<span class="required">required</span>' : '<span class="optional">optional</span>'
  const common = attributes({
    id: `${tool}-${name}`,
    'data-argument': name,
    required,
    'aria-describedby': hint === '' ? undefined : `${tool}-${name}-hint`,
  })
  return `<div class="field">
<label for="${id}"><code>${escapeHtml(name)}</code> ${mark}</label>
${control(argument, common)}
${hint === '' ? '' : `<p class="hint" id="${id}-hint">${escapeHtml(hint)}</p>`}
</div>`
}

function control(argument: Argument, common: string): string {
  const { schema, required } = argument
  const initial = exampleOf(argument) ?? schema.default
  if (Array.isArray(schema.enum)) {
    const options = schema.enum.map((value) => {
      const text = escapeHtml(String(value))
      return `<option${initial === value ? ' selected' : ''}>${text}</option>`
    })
    const type = schema.enum.every((value) => typeof value === 'string') ? 'string' : 'json'
    return `<select ${common} data-type="${type}">${required ? '' : '<option value=""></option>'}${options.join('')}</select>`
  }
  switch (schema.type) {
    case 'boolean':
      return `<input type="checkbox" ${common.replace(' required', '')} data-type="boolean"${initial === true ? ' checked' : ''}>`
    case 'integer':
    case 'number':
      return `<input type="number" ${common} ${attributes({
        'data-type': 'number',
        step: schema.type === 'integer' ? 1 : 'any',
        min: isLimit(schema.minimum) ? schema.minimum : undefined,
        max: isLimit(schema.maximum) ? schema.maximum : undefined,
        value: initial,
      })}>`
    case 'string':
      return textControl(schema, common, initial)
    case 'array':
      if ((schema.items as ArgumentSchema | undefined)?.type === 'string')
        return `<textarea rows="2" ${common} data-type="list">${escapeHtml(Array.isArray(initial) ? initial.join('\n') : '')}</textarea>`
      break
  }
  return `<textarea rows="3" ${common} data-type="json" spellcheck="false">${escapeHtml(initial === undefined ? '' : JSON.stringify(initial))}</textarea>`
}

function textControl({ minLength, maxLength }: ArgumentSchema, common: string, initial: unknown): string {
  const limits = attributes({ minlength: minLength, maxlength: maxLength, 'data-type': 'string' })
  const text = typeof initial === 'string' ? initial : ''
  return typeof maxLength === 'number' && maxLength > oneLineLength
    ? `<textarea rows="6" ${common} ${limits}>${escapeHtml(text)}</textarea>`
    : `<input type="text" ${common} ${limits} ${attributes({ value: text || undefined, autocomplete: 'off' })}>`
}

function hintOf({ type, description, minimum, maximum, maxItems, enum: values }: ArgumentSchema): string {
  const range =
    isLimit(minimum) && isLimit(maximum)
      ? `${minimum} to ${maximum}`
      : isLimit(minimum)
        ? `at least ${minimum}`
        : isLimit(maximum)
          ? `at most ${maximum}`
          : ''
  const shape =
    type === 'array'
      ? `one per line${typeof maxItems === 'number' ? `, at most ${maxItems}` : ''}`
      : values === undefined && !['string', 'number', 'integer', 'boolean'].includes(String(type))
        ? 'as JSON'
        : ''
  return [typeof description === 'string' ? description : '', shape, range]
    .filter((part) => part !== '')
    .join(' · ')
}

function attributes(values: Record<string, unknown>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([name, value]) => (value === true ? name : `${name}="${escapeHtml(String(value))}"`))
    .join(' ')
}
