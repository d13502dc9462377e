interface Turn<Question, Answer> {
  readonly questions: Question[]
  readonly answers: Promise<readonly Promise<Answer>[]>
  readonly asked: Map<string, Promise<Answer>>
}

/**
 * Asks all questions of one turn of the event loop together, at its end, and equal ones once: under load many come in
 * the same turn, and often the same. Nobody is told what was so before he asked. Those who ask the same
 * get the same object, and must not change it.
 * @param nameOf is the same for equal questions only
 * @param askAll is given distinct questions; their answers may fail one by one
 */
export function batchPerTick<Question, Answer>(
  nameOf: (question: Question) => string,
  askAll: (questions: readonly Question[]) => readonly Promise<Answer>[],
): (question: Question) => Promise<Answer> {
  let turn: Turn<Question, Answer> | undefined

  function begin(): Turn<Question, Answer> {
    const questions: Question[] = []
    const answers = new Promise((resolve) => setImmediate(resolve)).then(() => {
      turn = undefined
      return askAll(questions)
    })
    return { questions, answers, asked: new Map() }
  }

  return (question) => {
    turn ??= begin()
    const { questions, answers, asked } = turn
    const name = nameOf(question)
    let answer = asked.get(name)
    if (answer === undefined) {
      const place = questions.push(question) - 1
      answer = answers.then((all) => all[place] as Promise<Answer>)
      asked.set(name, answer)
    }
    return answer
  }
}
