/** Who is calling, and what a request proves it with. `resolve-caller.ts` is the only place that makes one from the other. */
import type { Painter } from '../../lib/painter.ts'

interface PaintingCaller {
  readonly painter: Painter
  readonly via: 'cookie' | 'token'
}

/** No sign-in makes a `painter` or a `moderator` yet. */
export type Caller = { readonly kind: 'anonymous' } | ({ readonly kind: 'guest' | 'painter' | 'moderator' } & PaintingCaller) | Admin

/** With a session, or with the admin token, which has none. An admin paints as `p_admin` unless the browser had a painter before. */
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
