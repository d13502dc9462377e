import type { z } from 'zod'

/** Without fields: the user accepts or declines. */
export type NoFields = z.ZodObject<Record<never, never>>

export interface Question<Form extends z.ZodObject> {
  /** Shown to the user. An answer counts only for the same message, form, tool, arguments and caller. */
  readonly message: string
  /** Fields of text, number, boolean or choice. Omitted for a confirmation. */
  readonly form?: Form
}

export type Answer<Content> =
  | { readonly action: 'accept'; readonly content: Content }
  | { readonly action: 'decline' | 'cancel' }

/**
 * Asks the user. The first call of `run` ends here; with the answer, the client calls the tool again and `run` starts
 * over. So ask before changing anything, and do not catch what this throws.
 * @throws AppError `conflict` if the client cannot ask: it uses a 2025 revision or has not declared `elicitation`
 */
export type Elicit = <Form extends z.ZodObject = NoFields>(
  question: Question<Form>,
) => Promise<Answer<z.output<Form>>>
