/**
 * What browsers are told about pages and answers: what may run, what may frame them, what leaks to others.
 *
 * Called by the custom server for each page, with a fresh nonce (which it also puts into the *request* header
 * `content-security-policy`, where Next looks for the nonce of its own scripts), and by the API for each answer.
 */
export interface PageHeaderOptions {
  /** 128 random bits in base64, new for each page. */
  readonly nonce: string
  /** The development server evaluates code and puts styles into the page without a nonce. */
  readonly dev: boolean
  /** The request's `Host`: older Safari does not let `'self'` cover WebSockets, so they are named. */
  readonly host: string | null
  /** Whether the browser speaks https to us. */
  readonly https: boolean
}

/** A `Host` that may stand in a policy: a `;` in it would end the directive. */
const plainHost = /^[a-z0-9.:[\]-]{1,255}$/i

export const contentSecurityPolicy = ({ nonce, dev, host }: PageHeaderOptions): string => {
  const sockets = host !== null && plainHost.test(host) ? ` ws://${host} wss://${host}` : ''
  return [
    `default-src 'self'`,
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${dev ? ` 'unsafe-eval'` : ''}`,
    dev ? `style-src 'self' 'unsafe-inline'` : `style-src 'self' 'nonce-${nonce}'`,
    // React writes `style` attributes into the HTML that it renders on the server, and a nonce cannot cover an attribute. An
    // attribute can restyle its own element only: no selectors, no imports, no scripts.
    `style-src-attr 'unsafe-inline'`,
    `img-src 'self' data: blob:`,
    `font-src 'self'`,
    `connect-src 'self'${sockets}`,
    `worker-src 'self' blob:`,
    `object-src 'none'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}

export const pageHeaders = (options: PageHeaderOptions): Record<string, string> => ({
  'content-security-policy': contentSecurityPolicy(options),
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  ...(options.https ? { 'strict-transport-security': 'max-age=31536000' } : {}),
})

/** An answer of the API is data: opened as a page it may do nothing, and its type is what it says. */
export const apiHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
}
