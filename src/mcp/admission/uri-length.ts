import type { Admission } from './admission.ts'

/** In characters. The SDK matches URIs by regular expressions, and fails on very long ones. */
export const maxUriLength = 2_048

/** Rejects reads of overlong URIs as invalid params; with status 200, because only the message is invalid. */
export const limitUriLength: Admission = ({ body }) =>
  body.messages.some(({ method, params }) => method === 'resources/read' && isTooLong(params.uri))
    ? {
        reason: 'invalid_request',
        httpStatus: 200,
        message: `Invalid params: uri: must have at most ${maxUriLength} characters`,
        rpcCode: -32602,
      }
    : undefined

const isTooLong = (uri: unknown): boolean => typeof uri === 'string' && uri.length > maxUriLength
