import { runWithNode24 } from '../conformance/command.ts'

const inspectorPackage = '@modelcontextprotocol/inspector@2.12.0'

/** The Inspector's `--protocol-era` values: `legacy` for the 2025 revisions, `modern` for 2026-07-28. */
export const protocolEras = ['legacy', 'modern'] as const

export interface Inspector {
  /** @throws Error with the output of the Inspector if its exit code is not 0 */
  call(method: string, ...flags: string[]): Promise<Record<string, unknown>>
}

/** @param folder storage of the Inspector, by default in the home directory */
export function createInspector(
  url: string,
  era: (typeof protocolEras)[number],
  { folder, signal }: { folder: string; signal: AbortSignal },
): Inspector {
  const target = ['--server-url', url, '--transport', 'http', '--protocol-era', era]
  return {
    async call(method, ...flags) {
      const { exitCode, stdout, stderr } = await runWithNode24(
        inspectorPackage,
        [
          'mcp-inspector',
          '--cli',
          ...target,
          '--stored-auth-only',
          '--format',
          'json',
          '--method',
          method,
          ...flags,
        ],
        { cwd: folder, signal, env: { MCP_STORAGE_DIR: folder } },
      )
      if (exitCode !== 0) throw new Error(`${method} exited with ${exitCode}: ${stdout}${stderr}`)
      return (JSON.parse(stdout) as { result: Record<string, unknown> }).result
    },
  }
}
