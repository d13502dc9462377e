import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { snippetOf } from '../../../src/documents/snippet.ts'

const snippet = (text: string, ...lexemes: string[]) => snippetOf(text, new Set(lexemes), true)

describe('a snippet', () => {
  for (const [markup, markdown, expected] of [
    [
      'headings and fences',
      '## npm run try\n\n```sh\nnpm run try -- search\n```',
      'npm run try npm run try -- search',
    ],
    ['tables', '| name | value |\n|:--|--:|\n| `try` | **1** |', 'name, value try, 1'],
    ['front matter', '---\ntags: [try]\n---\n# Try\n\nit', 'Try it'],
    ['TOML front matter', '+++\ntitle = "try"\n+++\nTry', 'Try'],
    ['links and images', '[![badge](b.svg)](u) [Try](x.md "t") ![it][ref]', 'badge Try it'],
    [
      'emphasis',
      '**Try** *this* __and__ ~~that~~, not snake_case or 2*3',
      'Try this and that, not snake_case or 2*3',
    ],
    ['lists and quotes', '> - [x] try\n> 1. it', 'try it'],
    ['HTML', '<p align="center">try</p><!-- no -->', 'try'],
    ['escapes', 'try \\*this\\*', 'try *this*'],
  ] as const)
    it(`has no ${markup}`, () => assert.equal(snippet(markdown, 'tri'), expected))

  it('contains a match that is only in the address of a link', () => {
    assert.match(snippet('See [the page](https://numbat.example/incidents).', 'numbat'), /numbat\.example/)
  })

  it('shows the part with the most words of the query', () => {
    const text = `red ${'filler '.repeat(80)} red green blue ${'filler '.repeat(80)} green`
    assert.match(snippet(text, 'red', 'green', 'blue'), /^… .*red green blue.* …$/)
  })

  it('has at most 310 characters, also without spaces', () => {
    for (const text of ['数据库'.repeat(300), 'word '.repeat(300), 'x'.repeat(3_000)])
      assert.ok(snippet(text, '数据', 'word').length <= 310)
  })

  it('takes time in proportion to the passage', () => {
    // CPU time, because other processes of the tests take turns with this one.
    const cpuTimeOf = (length: number) => {
      let best = Number.POSITIVE_INFINITY
      for (let round = 0; round < 5; round++) {
        const before = process.cpuUsage()
        for (const unit of ['![', '[a](', '<!--', '|', '*_', '> - ', '---\n', '`'])
          snippet(unit.repeat(length / unit.length), 'x')
        const { user, system } = process.cpuUsage(before)
        best = Math.min(best, user + system)
      }
      return best
    }
    const [short, long] = [cpuTimeOf(8_000), cpuTimeOf(32_000)]
    // 4 times in the ideal case, 16 times if it were quadratic.
    assert.ok(long < 10 * short, `${short} µs, ${long} µs`)
  })
})
