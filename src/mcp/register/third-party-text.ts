/** Marks content whose text callers or external systems wrote: data, not instructions. */
export const thirdPartyText = { _meta: { 'observable-mcp-server/third-party-text': true } }
