/**
 * Reads a response body as UTF-8 text, bounded so that an endless one cannot exhaust memory.
 * @throws Error if the body exceeds `maxBytes`
 */
export async function readBounded(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += (chunk as Uint8Array).byteLength
    if (size > maxBytes) throw new Error(`response body exceeds ${maxBytes} bytes`)
    text += decoder.decode(chunk as Uint8Array, { stream: true })
  }
  return text + decoder.decode()
}
