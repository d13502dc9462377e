import type { Config } from '../../config/config.ts'
import { type AuthMode, type ClientSetup, clientSetups, isPublicHttps } from './client-setup.ts'
import { renderCredentialField } from './credential-field.ts'
import type { ExampleCall } from './curl-commands.ts'
import { escapeHtml } from './layout.ts'
import { argumentsOf, exampleOf, renderField } from './tool-form.ts'
import { callLinks } from './watch-links.ts'

export interface ShownTool {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly effect: 'read' | 'write' | 'destroy'
  readonly inputSchema: Readonly<Record<string, unknown>>
}

export interface HomePageOptions {
  readonly server: {
    readonly name: string
    readonly title: string
    readonly version: string
    readonly description: string
  }
  readonly publicUrl: string
  readonly authMode: AuthMode
  readonly tools: readonly ShownTool[]
  readonly watch: Config['watch']
  /** Whether /health and /metrics are served at the page's origin. */
  readonly opsHere: boolean
}

/** The body of the page at `/`. Works without its script, which adds live health, calls and copy buttons. */
export function renderHome(options: HomePageOptions, checks: Readonly<Record<string, boolean>>): string {
  const { server, publicUrl, watch } = options
  const url = `${publicUrl}/mcp`
  const links = watch.grafana === undefined ? undefined : callLinks(watch.grafana)
  return `<a class="skip" href="#tools">Skip to the tools</a>
<header class="masthead">
<p class="eyebrow">MCP server <span class="version">${escapeHtml(server.version)}</span> · <a href="/documents">Documents</a></p>
<h1>${escapeHtml(server.title)}</h1>
<p class="lead">${escapeHtml(server.description)}</p>
<div class="endpoint"><span class="label">MCP endpoint</span>
<code id="endpoint">${escapeHtml(url)}</code>${copyButton('endpoint', 'the URL')}</div>
</header>
<main data-server="${escapeHtml(server.name)}" data-version="${escapeHtml(server.version)}"${
    links === undefined
      ? ''
      : ` data-trace-link="${escapeHtml(links.trace)}" data-log-link="${escapeHtml(links.log)}"`
  }>
${healthSection(checks)}
${toolsSection(options)}
${clientsSection(options, url)}
${watchSection(options)}
</main>
<footer class="meta"><p>${escapeHtml(server.name)} ${escapeHtml(server.version)} · <a href="/documents/guides.quick-start">Quick start</a> · <a href="/documents/guides.connect-a-client">Connect a client</a> · <a href="/documents/guides.observability">Observability</a> · <a href="/documents">All documents</a></p></footer>
<p class="visually-hidden" role="status" id="announcement"></p>`
}

function healthSection(checks: Readonly<Record<string, boolean>>): string {
  const healthy = Object.values(checks).every((up) => up)
  const items = Object.entries(checks).map(
    ([name, up]) =>
      `<li data-check="${escapeHtml(name)}"><span class="check">${escapeHtml(name.replaceAll('_', ' '))}</span> <strong class="state" data-state="${up ? 'up' : 'down'}">${up ? 'up' : 'down'}</strong></li>`,
  )
  return `<section class="health" aria-labelledby="health-heading">
<h2 id="health-heading">Health</h2>
<p role="status" class="summary"><strong class="state" id="health-summary" data-state="${healthy ? 'up' : 'down'}">${healthy ? 'Healthy' : 'Unhealthy'}</strong> <span id="health-note" class="note"></span></p>
<ul class="checks">
${items.join('\n')}
</ul>
</section>`
}

function toolsSection({ tools, authMode }: HomePageOptions): string {
  return `<section id="tools" aria-labelledby="tools-heading" tabindex="-1">
<h2 id="tools-heading">Try a tool</h2>
<p class="intro">Each form calls <code>POST /mcp</code> with protocol revision 2026-07-28.</p>
<noscript><p class="notice">Calling a tool from this page requires JavaScript.</p></noscript>
${renderCredentialField(authMode)}
${inOrder(tools)
  .map((tool, index) => toolCard(tool, index === 0))
  .join('\n')}
</section>`
}

/** The tool with the example call first, then read-only tools. */
function inOrder(tools: readonly ShownTool[]): ShownTool[] {
  const first = exampleCall(tools)?.tool
  const rank = ({ name, effect }: ShownTool) =>
    name === first ? -1 : ['read', 'write', 'destroy'].indexOf(effect)
  return [...tools].sort((a, b) => rank(a) - rank(b))
}

const effectLabel = { read: 'reads', write: 'writes', destroy: 'removes' }

function toolCard({ name, title, description, effect, inputSchema }: ShownTool, open: boolean): string {
  const id = escapeHtml(name)
  const args = argumentsOf(inputSchema)
  return `<details class="card tool" id="tool-${id}"${open ? ' open' : ''}>
<summary><code class="name">${id}</code> <span class="title">${escapeHtml(title)}</span> <span class="badge" data-effect="${effect}">${effectLabel[effect]}</span></summary>
<div class="content">
<p>${escapeHtml(description)}</p>
<form data-tool="${id}" data-effect="${effect}" aria-label="Call ${id}">
${args.map((argument) => renderField(name, argument)).join('\n')}
<p class="actions"><button type="submit" class="primary">Call <code>${id}</code></button> <button type="button" class="quiet" data-cancel hidden>Cancel</button></p>
</form>
<output class="verdict" aria-live="polite" for="${args.map((argument) => escapeHtml(`${name}-${argument.name}`)).join(' ')}"></output>
<div class="outcome" hidden></div>
</div>
</details>`
}

/** A call of a read-only tool with example arguments; preferably of `search`. */
export function exampleCall(tools: readonly ShownTool[]): ExampleCall | undefined {
  const calls = tools
    .filter(({ effect }) => effect === 'read')
    .flatMap(({ name, inputSchema }) => {
      const required = argumentsOf(inputSchema).filter((argument) => argument.required)
      if (required.some((argument) => exampleOf(argument) === undefined)) return []
      const given = Object.fromEntries(required.map((argument) => [argument.name, exampleOf(argument)]))
      return [{ tool: name, arguments: given }]
    })
  return calls.find(({ tool }) => tool === 'search') ?? calls[0]
}

function clientsSection({ server, authMode, tools }: HomePageOptions, url: string): string {
  const setups = clientSetups({ name: server.name, url, authMode }, exampleCall(tools))
  const key =
    authMode === 'none'
      ? ''
      : authMode === 'api-key'
        ? '<p>This server requires an API key. Set the environment variable <code>MCP_TOKEN</code>. VS Code prompts for the key; replace <code>&lt;key&gt;</code> with it.</p>'
        : '<p>This server requires a login. Clients discover the authorization server; <code>curl</code> needs a token in the environment variable <code>MCP_TOKEN</code>.</p>'
  return `<section id="clients" aria-labelledby="clients-heading">
<h2 id="clients-heading">Connect a client</h2>
${key}
${setups.map((setup, index) => clientCard(setup, index, isPublicHttps(url))).join('\n')}
</section>`
}

function clientCard(
  { client, todo, text, needsPublicHttps = false }: ClientSetup,
  index: number,
  reachable: boolean,
): string {
  const id = `client-${index}`
  const warning =
    needsPublicHttps && !reachable
      ? `<p class="notice">${escapeHtml(client)} calls from the internet and requires a public HTTPS URL, which this server does not have. <a href="/documents/guides.deploy">Deploy</a></p>`
      : ''
  return `<details class="card client"${index === 0 ? ' open' : ''}>
<summary><span class="title">${escapeHtml(client)}</span></summary>
<div class="content">
${warning}
<div class="todo"><p>${escapeHtml(todo)}</p>${copyButton(id, `the setup of ${client}`)}</div>
<pre tabindex="0" role="region" aria-label="For ${escapeHtml(client)}"><code id="${id}">${escapeHtml(text)}</code></pre>
</div>
</details>`
}

function watchSection({ watch, opsHere }: HomePageOptions): string {
  const links: [href: string | undefined, name: string, description: string][] = [
    [watch.grafana, 'Grafana', 'dashboards, traces, logs'],
    [watch.prometheus, 'Prometheus', 'metrics, rules, targets'],
    [watch.alertmanager, 'Alertmanager', 'notifications, silences, inhibitions'],
    [opsHere ? '/metrics' : undefined, 'Metrics', 'scraped by Prometheus from this process'],
    [opsHere ? '/health' : undefined, 'Health', 'current state of every dependency'],
    ['/documents/guides.observability', 'Guide', 'every log field, metric and span attribute'],
  ]
  return `<section id="watch" aria-labelledby="watch-heading">
<h2 id="watch-heading">Monitoring</h2>
<ul class="links">
${links
  .filter(([href]) => href !== undefined)
  .map(
    ([href, name, description]) =>
      `<li><a href="${escapeHtml(String(href))}"><span class="title">${name}</span> <span class="what">${description}</span></a></li>`,
  )
  .join('\n')}
</ul>
</section>`
}

/** Hidden by the style sheet while scripting is disabled. */
const copyButton = (target: string, object: string) =>
  `<button type="button" class="copy" data-copy="${target}" aria-label="Copy ${escapeHtml(object)}">Copy</button>`
