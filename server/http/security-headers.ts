/**
 * Headers that restrict what pages and answers may do in a browser.
 *
 * The custom server calls this for each page with a new nonce. It also sets the nonce in the *request* header `content-security-policy`,
 * where Next reads it for its own scripts. The API calls this for each answer.
 */
export interface PageHeaderOptions {
  /** 128 random bits in base64, new for each page. */
  readonly nonce: string
  /** The development server evaluates code and puts styles into the page without a nonce. */
  readonly dev: boolean
  /** The request's `Host`. The policy names it for WebSockets, which `'self'` does not include in older versions of Safari. */
  readonly host: string | null
  /** Whether the browser uses https. */
  readonly https: boolean
}

/** A `Host` that is safe in a policy. A `;` would end the directive. */
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

/** An answer of the API is data. Opened as a page it may do nothing, and browsers must not guess another type. */
export const apiHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': `default-src 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
}

/** For a `GET` that pages of every origin may read without credentials. Browsers keep all other answers from such pages. */
export const corsHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'Fresco-Epoch, Fresco-Seq, Fresco-At, ETag, Retry-After, X-Request-Id',
}

export const preflightHeaders: Readonly<Record<string, string>> = {
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': '*',
  'access-control-max-age': '86400',
}
