import fc from 'fast-check'

/** Marks JSON that no JavaScript value represents, such as a number out of range, for `toJson`. */
export const rawJson = (text: string): string => `@@raw:${Buffer.from(text).toString('base64')}@@`

/** `JSON.stringify` with raw JSON inserted. */
export function toJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'null').replace(/"@@raw:([^@"]*)@@"/g, (_whole, encoded: string) =>
    Buffer.from(encoded, 'base64').toString(),
  )
}

const nested = (open: string, close: string, depth: number): string =>
  rawJson(`${open.repeat(depth)}${depth > 0 && open.endsWith(':') ? '1' : ''}${close.repeat(depth)}`)

/** Texts with a meaning in SQL, full-text search, HTML, logs, paths or Redis. */
const injectionTexts = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\u0000\u0000',
  '\ud800',
  'a\udfffb',
  '\ud83d\ude00'.repeat(50),
  '\u202e\u2066',
  '\ufeff',
  '\r\n',
  'a\r\nX-Injected: 1\r\n\r\n',
  '\u2028\u2029',
  "'; drop table documents; --",
  "' or 1=1 --",
  '$1',
  '\\',
  '%',
  '_',
  ':*',
  '<->',
  '!!(((',
  '"unmatched',
  '-"',
  '- - -',
  'or or or',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](%E0%A4%A.md)',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: hostile to template engines and loggers
  '${jndi:ldap://x}{{7*7}}%s%n%o',
  '../../../../etc/passwd',
  '..%2f..%2f',
  'file:///etc/passwd',
  'document://',
  'document://guides.quick-start',
  'document://%00',
  'document://{id}',
  'document://a/b?c#d',
  'http://127.0.0.1:1/',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'guides.quick-start',
  '*3\r\n$3\r\nSET\r\n',
  '2026-07-28',
  '2025-11-25',
  '9999-99-99',
  '00-00000000000000000000000000000000-0000000000000000-01',
  '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  'WzAsIlx1MDAwMCJd',
  'WzFlOTk5LG51bGxd',
]

/** Random UTF-16 code units, including lone surrogates. */
const anyCodeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 40 })
  .map((units) => String.fromCharCode(...units))

export const hostileText = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...injectionTexts) },
  { weight: 2, arbitrary: anyCodeUnits },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...injectionTexts, 'a', 'word ', '-', '"', '(', '€'),
        fc.integer({ min: 2, max: 4000 }),
      )
      .map(([text, times]) => text.repeat(Math.min(times, 20_000 / Math.max(text.length, 1)))),
  },
)

export const hostileKey = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'toJSON',
    'then',
    'length',
    '',
    '_meta',
  ),
  fc.constantFrom(
    'id',
    'jsonrpc',
    'method',
    'params',
    'result',
    'error',
    'name',
    'uri',
    'arguments',
    'cursor',
  ),
  hostileText,
)

const hostileNumber = fc.constantFrom(
  ...['1e999', '-1e999', '-0', '1e-400', '9007199254740993', '123456789012345678901234567890'].map(rawJson),
  ...[-1, 0.1, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1e308],
)

const hostileObject = fc.constantFrom(
  ...[
    '{"__proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
    '{"toString":1,"valueOf":1,"toJSON":1}',
    '{"then":{"__proto__":null}}',
    '{"a":1,"a":2,"a":3}',
    '{"length":4294967295}',
  ].map(rawJson),
)

/** Values to replace a valid one. */
export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 6, arbitrary: hostileText },
  { weight: 2, arbitrary: hostileNumber },
  { weight: 2, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], { '': {} }) },
  { weight: 2, arbitrary: hostileObject },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom(['[', ']'], ['{"a":', '}'], ['[{"b":', '}]']),
        fc.constantFrom(5, 50, 500, 3_000, 20_000),
      )
      .map(([[open = '', close = ''], depth]) => nested(open, close, depth)),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 1, max: 3_000 })
      .map((length) => Array.from({ length }, (_one, index) => index)),
  },
)
