import type { Document } from '../../src/documents/document.ts'
import type { DocumentStore } from '../../src/documents/store.ts'
import type { Services } from '../../src/domain.ts'

const document: Document = {
  id: 'conformance',
  title: 'Conformance',
  text: '# Conformance\n\nThe one document of the server under test.\n',
  tags: [],
  source: 'conformance.md',
  url: 'http://localhost/documents/conformance',
  createdAt: new Date('2026-07-28'),
  updatedAt: new Date('2026-07-28'),
}

/** One document, so that lists and reads pass through the real handlers; the suite calls no other service. */
export function createServices(): Services {
  return createStub<Services>('services', {
    documents: createStub<DocumentStore>('documents', {
      get: async (id) => (id === document.id ? document : undefined),
      list: async ({ after = '' }) =>
        after < document.id ? [{ ...document, size: Buffer.byteLength(document.text) }] : [],
    }),
  })
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
