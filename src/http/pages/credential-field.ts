import type { AuthMode } from './client-setup.ts'

/** Field for the credential that the page's script sends with its calls; empty if the server requires none. */
export const renderCredentialField = (authMode: AuthMode): string =>
  authMode === 'none'
    ? ''
    : `<div class="field credential">
<label for="credential">${authMode === 'api-key' ? 'API key' : 'Access token'}</label>
<input type="password" id="credential" autocomplete="off" spellcheck="false" aria-describedby="credential-hint">
<p class="hint" id="credential-hint">Sent as a bearer token with your calls. Kept in memory only, until you leave this page.</p>
</div>`
