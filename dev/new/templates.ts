import { dependencyCheck } from './dependency-check.template.ts'
import { prompt } from './prompt.template.ts'
import { resource } from './resource.template.ts'
import { tool } from './tool.template.ts'

/** One name as it is written in different places. */
export interface Name {
  readonly snake: string
  readonly kebab: string
  readonly camel: string
  readonly title: string
}

export interface Template {
  /** Texts by path. */
  files(name: Name): Readonly<Record<string, string>>
  /** Lines of files that are there: `from` becomes `to`. */
  edits?(name: Name): readonly { readonly file: string; readonly from: string; readonly to: string }[]
  next(name: Name): string
}

export const templates: Readonly<Record<string, Template>> = {
  tool,
  resource,
  prompt,
  check: dependencyCheck,
}
