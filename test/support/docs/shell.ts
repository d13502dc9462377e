/** Splits shell code into commands. Covers only the syntax that documents use. */

export interface Command {
  readonly line: number
  /** Names of the variables set for this command only. */
  readonly env: readonly string[]
  /** The program and its arguments, without quotes. */
  readonly words: readonly string[]
}

/** Shell keywords that precede a command. */
const keywords = new Set(['exec', 'if', 'then', 'else', 'while', 'until', 'do', 'time', '!', '{', '}', '('])
const separators = /^(?:&&|\|\||;|\||&|\n|\$\(|\)|`)/
const redirection = /^\d?[<>]+&?\d?/

export function commandsIn(text: string, firstLine = 1): Command[] {
  const commands: Command[] = []
  let words: string[] = []
  let word: string | undefined
  let line = firstLine
  let start = line
  let dropNext = false

  const endWord = () => {
    if (word === undefined) return
    if (!dropNext) words.push(word)
    dropNext = false
    word = undefined
  }
  const endCommand = () => {
    endWord()
    const first = words.findIndex((each) => !keywords.has(each))
    const rest = first < 0 ? [] : words.slice(first)
    const program = rest.findIndex((each) => !/^\w+=/.test(each))
    const assigned = program < 0 ? rest : rest.slice(0, program)
    const env = assigned.map((each) => each.replace(/=[\s\S]*/, ''))
    if (rest.length > 0) commands.push({ line: start, env, words: program < 0 ? [] : rest.slice(program) })
    words = []
  }

  for (let at = 0; at < text.length; at++) {
    const rest = text.slice(at)
    const letter = text[at] ?? ''
    if (words.length === 0 && word === undefined) start = line
    if (letter === "'" || letter === '"') {
      const end = text.indexOf(letter, at + 1)
      const quoted = text.slice(at + 1, end < 0 ? undefined : end)
      word = (word ?? '') + quoted
      line += quoted.split('\n').length - 1
      at += quoted.length + 1
    } else if (rest.startsWith('\\\n')) {
      endWord()
      line++
      at++
    } else if (letter === '\\') {
      word = (word ?? '') + (text[++at] ?? '')
    } else if (letter === '#' && word === undefined) {
      at += (rest.indexOf('\n') < 0 ? rest.length : rest.indexOf('\n')) - 1
    } else if (word === undefined && redirection.test(rest)) {
      const [sign = ''] = redirection.exec(rest) ?? []
      dropNext = !/&\d?$/.test(sign)
      at += sign.length - 1
    } else if (separators.test(rest)) {
      endCommand()
      if (letter === '\n') line++
      at += (separators.exec(rest)?.[0].length ?? 1) - 1
    } else if (/\s/.test(letter)) endWord()
    else word = (word ?? '') + letter
  }
  endCommand()
  return commands
}
