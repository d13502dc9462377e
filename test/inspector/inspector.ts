import { runWithNode24 } from '../conformance/command.ts'

const inspectorPackage = '@modelcontextprotocol/inspector@2.12.0'

/** How the Inspector calls the two families of protocol revisions: 2025-11-25 and before, 2026-07-28. */
export const eras = ['legacy', 'modern'] as const

export interface Inspector {
  /**
   * Calls one method as the Inspector's command line does.
   * @throws Error with what the Inspector wrote if it does not end with 0
   */
  call(method: string, ...flags: string[]): Promise<Record<string, unknown>>
}

/** @param folder where the Inspector may keep its files, which it else does in the home directory */
export function createInspector(
  url: string,
  era: (typeof eras)[number],
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
      if (exitCode !== 0) throw new Error(`${method} ended with ${exitCode}: ${stdout}${stderr}`)
      return (JSON.parse(stdout) as { result: Record<string, unknown> }).result
    },
  }
}
