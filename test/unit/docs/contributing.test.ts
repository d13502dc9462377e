import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'

const read = (file: string) => readFileSync(file, 'utf8')
const json = (file: string) => JSON.parse(read(file))
const scripts: Record<string, string> = json('package.json').scripts

const forms = '.github/ISSUE_TEMPLATE'
const formNames = readdirSync(forms).filter((name) => name !== 'config.yml')
const texts = [
  'CONTRIBUTING.md',
  'docs/guides/fork.md',
  '.github/PULL_REQUEST_TEMPLATE.md',
  ...formNames.map((name) => join(forms, name)),
]

describe('the dev container', () => {
  const container = json('.devcontainer/devcontainer.json')

  it('runs the command of the README', () => {
    const { updateContentCommand, postAttachCommand } = container
    const commands = [...read('README.md').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
      block.trim().split('\n'),
    )
    assert.ok(commands.includes(`${updateContentCommand} && ${postAttachCommand}`), `${commands}`)
    assert.ok(commands.includes(`${updateContentCommand} && npm test`), `${commands}`)
  })

  it('has the Node of the image, and shows the port that the server listens on', () => {
    const major = (file: string) => /^FROM node:(\d+)-/m.exec(read(file))?.[1]
    assert.equal(major(join('.devcontainer', container.build.dockerfile)), major('Dockerfile'))
    assert.match(read('.env.example'), new RegExp(`^#?PORT=${container.forwardPorts[0]}$`, 'm'))
  })
})

describe('the settings of editors', () => {
  it('start scripts that there are', () => {
    const { configurations } = json('.vscode/launch.json')
    const launched = configurations.filter(({ request }: { request: string }) => request === 'launch')
    assert.equal(launched.length, 2)
    for (const { runtimeExecutable, runtimeArgs } of launched) {
      assert.equal(runtimeExecutable, 'npm')
      const [script] = runtimeArgs[0] === 'run' ? runtimeArgs.slice(1) : runtimeArgs
      assert.ok(scripts[script], script)
    }
  })

  it('recommend the same extensions in and out of the dev container', () => {
    const { customizations } = json('.devcontainer/devcontainer.json')
    assert.deepEqual(json('.vscode/extensions.json').recommendations, customizations.vscode.extensions)
  })

  it('agree with the formatter', () => {
    const { indentStyle, indentWidth, lineWidth } = json('biome.json').formatter
    const settings = Object.fromEntries(
      [...read('.editorconfig').matchAll(/^(\w+) = (\S+)$/gm)].map(([, name, value]) => [name, value]),
    )
    assert.equal(settings.indent_style, indentStyle)
    assert.equal(settings.indent_size, String(indentWidth))
    assert.equal(settings.max_line_length, String(lineWidth))
  })

  it('are not hidden from git', () => {
    const hidden = read('.gitignore').split('\n').filter(Boolean)
    for (const name of ['.vscode', '.devcontainer', '.github', '.editorconfig'])
      assert.ok(
        !hidden.some((pattern) => pattern.replace(/^\/|\/$/g, '') === name || /^\.?\*$/.test(pattern)),
        name,
      )
  })
})

describe('what contributors read', () => {
  it('names commands that there are', () => {
    for (const file of texts)
      for (const [command, name = ''] of read(file).matchAll(/npm run ([\w:-]+)/g))
        assert.ok(scripts[name], `${file}: ${command}`)
  })

  it('links to what is there', () => {
    for (const file of texts)
      for (const [, target = ''] of read(file).matchAll(/\]\(([^)#\s]+)[^)]*\)/g))
        assert.ok(existsSync(join(dirname(file), target)), `${file} links to ${target}`)
  })

  it('has one page for how to contribute', () => {
    assert.ok(read('CONTRIBUTING.md').split('\n').length <= 70)
  })
})

/** https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/syntax-for-githubs-form-schema */
describe('the forms of issues', () => {
  const kinds = ['markdown', 'textarea', 'input', 'dropdown', 'checkboxes']
  for (const name of formNames)
    it(`${name} is one that is shown`, () => {
      const form = parse(read(join(forms, name)))
      assert.ok(form.name && form.description)
      const fields = form.body.filter(({ type }: { type: string }) => type !== 'markdown')
      const ids = fields.map(({ id }: { id: string }) => id)
      assert.ok(ids.length > 0 && new Set(ids).size === ids.length, `${ids}`)
      for (const { type, id, attributes } of form.body) {
        assert.ok(kinds.includes(type), type)
        assert.ok(type === 'markdown' ? attributes.value : attributes.label && /^[\w-]+$/.test(id), id)
        if (type === 'dropdown' || type === 'checkboxes') assert.ok(attributes.options.length > 0, id)
      }
    })
})
