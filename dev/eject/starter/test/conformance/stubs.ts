import type { Services } from '../../src/domain.ts'

/** The suite calls no service. */
export function createServices(): Services {
  return createStub<Services>('services', {})
}

/** A stub with some members of an object. @throws Error on access to any other member */
export function createStub<T extends object>(name: string, part: Partial<T>): T {
  return new Proxy(part as T, {
    get(target, property) {
      if (Reflect.has(target, property)) return Reflect.get(target, property)
      throw new Error(`The server under test has no ${name}.${String(property)}.`)
    },
  })
}
