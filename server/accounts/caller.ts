/** The caller of a request, and the credentials that prove it. Only `resolve-caller.ts` makes a caller from credentials. */
import type { Painter } from '../../lib/painter.ts'

interface PaintingCaller {
  readonly painter: Painter
  readonly via: 'cookie' | 'token'
}

/** There are no `painter` and no `moderator` sign-ins yet. */
export type Caller = { readonly kind: 'anonymous' } | ({ readonly kind: 'guest' | 'painter' | 'moderator' } & PaintingCaller) | Admin

/** With a session or the admin token. An admin paints as `p_admin`, unless the browser was a painter before. */
export type Admin = { readonly kind: 'admin'; readonly painter: Painter } & (
  | { readonly via: 'cookie'; readonly session: string }
  | { readonly via: 'token'; readonly session: null }
)

/** A token that this Fresco did not issue, or one that has expired. A forged or expired cookie makes an anonymous caller instead. */
export interface BadToken {
  readonly kind: 'bad_token'
  readonly expired?: true
}

export interface Credentials {
  /** The `Cookie` header. */
  readonly cookie: string | null
  /** The `Authorization` header. */
  readonly authorization: string | null
  /** Socket.IO's `auth.token`. */
  readonly token?: string | null
}

/** The painter of a caller, null for an anonymous one. */
export const painterOf = (caller: Caller): Painter | null => (caller.kind === 'anonymous' ? null : caller.painter)
