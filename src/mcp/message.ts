/** Levels of arrays and objects a message may have. Real ones have about ten; what walks through a value by recursion can take thousands. */
const maxDepth = 100

/** @returns the JSON, undefined for what is none; `too deep` for what could exhaust the stack of those who read it */
export function parseBody(text: string): { json: unknown } | 'too deep' {
  if (isTooDeep(text)) return 'too deep'
  try {
    return { json: JSON.parse(text) }
  } catch {
    return { json: undefined }
  }
}

const quote = 0x22
const backslash = 0x5c
const [openBracket, openBrace] = [0x5b, 0x7b]
const [closeBracket, closeBrace] = [0x5d, 0x7d]

function isTooDeep(text: string): boolean {
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === backslash) at++
      else if (code === quote) inString = false
    } else if (code === quote) {
      inString = true
    } else if (code === openBracket || code === openBrace) {
      if (++depth > maxDepth) return true
    } else if (code === closeBracket || code === closeBrace) {
      depth--
    }
  }
  return false
}
