import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { describe, it } from 'node:test'
import { createDocumentRenderer } from '../../../src/documents/render-document.ts'

const documentOf = (text: string) => ({ id: 'notes', source: 'notes.md', text })
/** Takes more than a second on any machine, which is ten times the deadline. */
const slow = '!['.repeat(130_000)
const timeoutMs = 100

describe('the document renderer', () => {
  it('renders Markdown with links between documents', async () => {
    const render = createDocumentRenderer()
    assert.equal(
      await render(documentOf('See [other](other.md) and **more**.')),
      '<p>See <a href="/documents/other">other</a> and <strong>more</strong>.</p>\n',
    )
  })

  it('shows a document that renders too slowly as escaped text', async () => {
    const render = createDocumentRenderer(timeoutMs)
    const html = await render(documentOf(`<script>${slow}`))
    assert.match(html, /^<p class="notice">Shown as plain text.*\n<pre[^>]*>&#60;script&#62;!\[/)
  })

  it('does not render a document again that was too slow', async () => {
    const render = createDocumentRenderer(timeoutMs)
    const first = await render(documentOf(slow))
    // A second rendering would make these wait for the worker.
    const order: string[] = []
    await Promise.all([
      render(documentOf(slow)).then((html) => order.push(html === first ? 'slow' : 'changed')),
      render(documentOf('text')).then(() => order.push('other')),
    ])
    assert.deepEqual(order, ['slow', 'other'])
  })

  it('shows documents beyond the queue as text instead of letting them wait', async () => {
    const render = createDocumentRenderer()
    const pages = await Promise.all(Array.from({ length: 12 }, (_, at) => render(documentOf(`**${at}**`))))
    assert.equal(pages.filter((html) => html.startsWith('<p><strong>')).length, 4)
    assert.equal(await render(documentOf('**11**')), '<p><strong>11</strong></p>\n')
  })

  it('survives the end of its idle worker', async () => {
    const workers: ChildProcess[] = []
    const onStart = (message: unknown) => workers.push((message as { process: ChildProcess }).process)
    subscribe('child_process', onStart)
    const render = createDocumentRenderer()
    await render(documentOf('**one**'))
    unsubscribe('child_process', onStart)
    const [worker] = workers
    assert.ok(worker)
    worker.ref()
    worker.kill('SIGKILL')
    await new Promise((resolve) => worker.once('exit', resolve))
    assert.equal(await render(documentOf('**two**')), '<p><strong>two</strong></p>\n')
  })

  it('shows a document as text while its worker does not start', { timeout: 9_000 }, async () => {
    const onStart = (message: unknown) =>
      setImmediate(() => (message as { process: ChildProcess }).process.kill('SIGKILL'))
    const render = createDocumentRenderer()
    subscribe('child_process', onStart)
    assert.match(await render(documentOf('**one**')), /^<p class="notice">Shown as plain text/)
    unsubscribe('child_process', onStart)
    assert.equal(await render(documentOf('**one**')), '<p><strong>one</strong></p>\n')
  })

  it('shows a document beyond 256 KiB as text', async () => {
    const render = createDocumentRenderer()
    assert.match(await render(documentOf('x'.repeat(256 * 1024))), /^<p>x/)
    assert.match(
      await render(documentOf('x'.repeat(256 * 1024 + 1))),
      /^<p class="notice">Shown as plain text/,
    )
  })
})
