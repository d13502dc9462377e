/** One odd file and what a load makes of it: the stored fields that matter here, or the reported reason. */
export interface OddFile {
  readonly path: string
  readonly content: string | Buffer
  /** Expected fields of the stored document; `id` is of the path unless given. */
  readonly read?: { id?: string; title?: string; tags?: string[]; url?: string; text?: string }
  /** Expected problem or warning, without the path. */
  readonly reported?: RegExp
}

const yaml = (...lines: string[]) => `---\n${lines.join('\n')}\n---\nText.\n`
const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')

export const oddFiles: readonly OddFile[] = [
  // Front matter
  {
    path: 'rule-and-heading.md',
    content: '---\n# Between rules\n---\nText.',
    read: { title: 'Between rules', text: '---\n# Between rules\n---\nText.' },
  },
  {
    path: 'rule-and-prose.md',
    content: '---\n\nOnly prose.\n\n---\n# Below\n',
    read: { title: 'Below', text: '---\n\nOnly prose.\n\n---\n# Below\n' },
  },
  {
    path: 'rule-and-markup.md',
    content: '---\n**Bold** start: `code`\n---\n# Kept\n',
    read: { title: 'Bold start: code', text: '---\n**Bold** start: `code`\n---\n# Kept\n' },
  },
  {
    path: 'list-between-rules.md',
    content: '---\n- a\n- b\n---\n# List\n',
    read: { title: 'List', text: '---\n- a\n- b\n---\n# List\n' },
  },
  {
    path: 'second-line.md',
    content: '\n---\ntags: [a]\n---\n# Not front matter\n',
    read: { tags: [], title: 'tags: [a]' },
  },
  {
    path: 'no-values.md',
    content: '---\n---\n# No values\n',
    read: { title: 'No values', text: '# No values\n' },
  },
  {
    path: 'empty-keys.md',
    content: yaml('title:', 'tags:', 'url:', 'kind:'),
    read: { title: 'empty-keys', tags: [] },
  },
  {
    path: 'empty-text.md',
    content: yaml("title: ''", 'tags: []', 'url: ""'),
    read: { title: 'empty-text', tags: [] },
  },
  { path: 'tags-text.md', content: yaml('tags: ops'), read: { tags: ['ops'] } },
  { path: 'tags-commas.md', content: yaml('tags: ops, db,'), read: { tags: ['ops', 'db'] } },
  {
    path: 'tags-scalars.md',
    content: yaml('tags: [1.10, 0x1F, 2024-01-01, yes, true, no]'),
    read: { tags: ['1.10', '0x1F', '2024-01-01', 'yes', 'true', 'no'] },
  },
  {
    path: 'tags-null.md',
    content: yaml('tags:', '  - a', '  -', '  - ~', '  - null', '  - a'),
    read: { tags: ['a'] },
  },
  { path: 'title-number.md', content: yaml('title: 2024'), read: { title: '2024' } },
  { path: 'title-date.md', content: yaml('title: 2024-01-31'), read: { title: '2024-01-31' } },
  { path: 'title-boolean.md', content: yaml('title: off'), read: { title: 'off' } },
  {
    path: 'title-colon.md',
    content: yaml('title: Foo: bar', 'tags: [x]'),
    read: { title: 'Foo: bar', tags: ['x'] },
  },
  { path: 'title-scope.md', content: yaml('title: @scope/pkg'), read: { title: '@scope/pkg' } },
  { path: 'title-tick.md', content: yaml('title: `npm start` runs'), read: { title: '`npm start` runs' } },
  { path: 'other-colon.md', content: yaml('description: a: b', 'title: Fine'), read: { title: 'Fine' } },
  { path: 'title-folded.md', content: yaml('title: >', '  Two', '  lines'), read: { title: 'Two lines' } },
  {
    path: 'title-list.md',
    content: yaml('title: [a]'),
    read: { title: 'title-list' },
    reported: /"title" left out/,
  },
  { path: 'title-alias.md', content: yaml('title: *new*'), read: { title: '*new*' } },
  { path: 'tags-alias.md', content: yaml('tags: [*a]'), reported: /^not loaded: .*Unresolved alias/ },
  {
    path: 'title-bracket.md',
    content: yaml('title: [WIP] Foo'),
    reported: /^not loaded:2: the front matter is not/,
  },
  {
    path: 'open-list.md',
    content: yaml('title: a', 'tags: [a'),
    reported: /^not loaded:3: the front matter is not valid YAML/,
  },
  {
    path: 'twice.md',
    content: yaml('tags: a', 'tags: b'),
    reported: /^not loaded:3: .*Map keys must be unique/,
  },
  {
    path: 'ends-with-dots.md',
    content: '---\ntitle: Dots\n...\nText.',
    read: { title: 'Dots', text: 'Text.' },
  },
  {
    path: 'blanks.md',
    content: '---  \ntitle: Blanks \t\n--- \t\nText.',
    read: { title: 'Blanks', text: 'Text.' },
  },
  { path: 'bom.md', content: `\uFEFF${yaml('title: Marked')}`, read: { title: 'Marked', text: 'Text.\n' } },
  {
    path: 'crlf.md',
    content: yaml('title: Windows').replaceAll('\n', '\r\n'),
    read: { title: 'Windows', text: 'Text.\n' },
  },
  {
    path: 'utf16.md',
    content: utf16('# Wide\r\n\r\nText.'),
    read: { title: 'Wide', text: '# Wide\n\nText.' },
  },
  {
    path: 'unclosed.md',
    content: '---\ntitle: Open\n\n# Heading\n',
    read: { title: 'Heading' },
    reported: /without a closing "---"/,
  },
  {
    path: 'url-path.md',
    content: yaml('url: /docs/x/'),
    read: { title: 'url-path' },
    reported: /"url" left out/,
  },
  { path: 'url-script.md', content: yaml('url: javascript:alert(1)'), read: {}, reported: /"url" left out/ },
  {
    path: 'tags-unusable.md',
    content: yaml(`tags: [a, {b: c}, ${'x'.repeat(51)}]`),
    read: { tags: ['a'] },
    reported: /"tags" left out: a tag must be text\n.*exceeds 50/,
  },
  {
    path: 'tags-many.md',
    content: yaml(`tags: [${Array.from({ length: 25 }, (_, n) => n)}]`),
    read: {},
    reported: /only the first 20 of 25/,
  },
  { path: 'escapes.md', content: yaml('title: "a\\0b\\uD800c\\e[2Jd"'), read: { title: 'a b\uFFFDc [2Jd' } },
  {
    path: 'toml.md',
    content:
      '+++\ntitle = "TOML"\ntags = ["a", 1, 2024-01-01, true]\nurl = "https://example.org/"\n+++\nText.',
    read: {
      title: 'TOML',
      tags: ['a', '1', '2024-01-01', 'true'],
      url: 'https://example.org/',
      text: 'Text.',
    },
  },
  {
    path: 'toml-bad.md',
    content: '+++\ntitle = "a"\ntags = [\n+++\nText.',
    reported: /^not loaded:\d: the front matter is not valid TOML/,
  },
  // Titles
  {
    path: 'code-comment.md',
    content: '```sh\n# comment\n```\n\n    # indented\n\n# Real\n',
    read: { title: 'Real' },
  },
  {
    path: 'html-comment.md',
    content: '<!--\n# Hidden\n<h1>Hidden</h1>\n-->\n\n## Shown\n',
    read: { title: 'Shown' },
  },
  { path: 'setext.md', content: 'Two\nlines\n=====\n', read: { title: 'Two lines' } },
  {
    path: 'html-heading.md',
    content: '<p align="center"><img src="a.png"></p>\n<h1 align="center">A &amp; <i>B</i></h1>\n',
    read: { title: 'A & B' },
  },
  {
    path: 'badges.md',
    content:
      '# lib &emsp; [![Build]][ci] [![x](y)](z)\n\n[Build]: https://example.org/b.svg\n[ci]: https://example.org\n',
    read: { title: 'lib' },
  },
  {
    path: 'markup.md',
    content: '# The *`x` & <b>y</b>* of [z](https://example.org) \\# {#anchor}\n',
    read: { title: 'The x & y of z #' },
  },
  { path: 'image-only.md', content: '# ![Logo of X](x.svg)\n\n## Install\n', read: { title: 'Logo of X' } },
  { path: 'empty-heading.md', content: '#\n\n## Second\n', read: { title: 'Second' } },
  { path: 'quoted-heading.md', content: '> # Quoted\n\n- # Item\n', read: { title: 'quoted-heading' } },
  { path: 'late-heading.md', content: `${'Words. '.repeat(200)}\n\n# Late\n`, read: { title: 'Late' } },
  { path: 'long-title.md', content: `# ${'😀'.repeat(149)}xx😀\n`, read: { title: `${'😀'.repeat(149)}xx` } },
  { path: 'cut-title.md', content: `# x${'😀'.repeat(200)}\n`, read: { title: `x${'😀'.repeat(149)}` } },
  { path: 'blanks-in-title.md', content: `# a${' '.repeat(1_500)}b\n`, read: { title: 'a b' } },
  { path: 'no-title-line.md', content: `# a${' '.repeat(200_000)}b\n`, read: { title: 'no-title-line' } },
  // Content
  { path: 'empty.md', content: '', reported: /^not loaded: the file is empty/ },
  {
    path: 'front-matter-only.md',
    content: '---\ntitle: x\n---\n',
    reported: /^not loaded: no text below the front matter/,
  },
  {
    path: 'latin1.md',
    content: Buffer.from('one\n\xE9\n', 'latin1'),
    reported: /^not loaded:2: not valid UTF-8/,
  },
  { path: 'nul.md', content: 'a\nb\n\0', reported: /^not loaded:3: contains a NUL character/ },
  {
    path: 'huge.md',
    content: 'x'.repeat(1_000_001),
    reported: /^not loaded: the text exceeds 1,000,000 characters/,
  },
  {
    path: 'larger.md',
    content: 'x'.repeat(4_000_001),
    reported: /^not loaded: the text exceeds 1,000,000 characters/,
  },
  // Names
  { path: 'C.md', content: 'C', read: { id: 'c', title: 'C' } },
  { path: 'C++.md', content: 'C++', read: { id: 'c-f1deb75f', title: 'C++' } },
  { path: 'C#.md', content: 'C#', read: { id: 'c-04022884' } },
  { path: 'c.md', content: 'c', read: { id: 'c-c285dde6' } },
  { path: 'foo_bar.md', content: 'x', read: { id: 'foo-bar-4928cae8' } },
  { path: 'foo-bar.md', content: 'x', read: { id: 'foo-bar' } },
  { path: 'Foo-Bar.md', content: 'x', read: {} },
  { path: 'データ notes.md', content: 'x', read: {} },
  { path: '数据 notes.md', content: 'x', read: {} },
  { path: 'README.md', content: '# Read me', read: { id: 'readme' } },
  { path: 'readme.md', content: '# Read me, too', read: {} },
  { path: 'README.MD', content: '# Shouted', read: { title: 'Shouted' } },
  { path: `${'long-'.repeat(20)}a.md`, content: 'x', read: {} },
  { path: `${'long-'.repeat(20)}b.md`, content: 'x', read: {} },
  { path: 'page.markdown', content: '# M', read: { id: 'page_markdown' } },
  {
    path: 'page.mdx',
    content: 'import X from "./x"\n\n# <X/> MDX\n',
    read: { id: 'page_mdx', title: 'MDX' },
  },
  { path: 'page.md', content: '# P', read: { id: 'page' } },
  { path: 'my folder/my file.md', content: 'x', read: {} },
  { path: 'windows\\path.md', content: 'x', read: { title: 'windows\\path' } },
  { path: 'new\nline \x1b[2J.md', content: 'x', read: { title: 'new line [2J' } },
  { path: 'é.md', content: 'NFC', read: {} },
  { path: 'e\u0301.md', content: 'NFD', read: {} },
]
