const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOENT: 'no such file',
  ENOTDIR: 'not a folder',
}

/** The reason why a file or folder could not be read. */
export function readFailure(error: NodeJS.ErrnoException, path: string): string {
  // Node replaces bytes that are not UTF-8, and the resulting name does not exist.
  if (error.code === 'ENOENT' && path.includes('\uFFFD')) return 'the name is not valid UTF-8; rename it'
  return reasons[error.code ?? ''] ?? error.message
}
