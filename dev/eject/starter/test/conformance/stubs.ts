import type { Services } from '../../src/domain.ts'

/** The suite calls no service. */
export function createServices(): Services {
  return createStub<Services>('services', {})
}

/** An object that is only partly there: touching the rest of it fails with its name. */
export function createStub<T extends object>(name: string, part: Partial<T>): T {
  return new Proxy(part as T, {
    get(target, property) {
      if (Reflect.has(target, property)) return Reflect.get(target, property)
      throw new Error(`The server under test has no ${name}.${String(property)}.`)
    },
  })
}
