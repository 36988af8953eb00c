/** Who is asking: the types. Sessions and tokens are made and read in `sessions.ts`. */
import type { Painter } from '../../lib/painter.ts'

export type Identity =
  | { kind: 'none' }
  | { kind: 'painter'; painter: Painter; via: 'cookie' | 'token' }
  /** An admin's cookie, or the admin token, which has no session. Admins paint too, as the painter `p_admin`, unless the session had a painter before. */
  | { kind: 'admin'; painter: Painter; via: 'cookie'; session: string }
  | { kind: 'admin'; painter: Painter; via: 'token'; session: null }
  /** A Bearer or socket token that is not ours, or one of a painter that has `expired`: 401. A forged or expired cookie is `none` instead. */
  | { kind: 'bad_token'; expired?: true }

export interface Credentials {
  /** The `Cookie` header. */
  readonly cookie: string | null
  /** The `Authorization` header. */
  readonly authorization: string | null
  /** Socket.IO's `auth.token`. */
  readonly token?: string | null
}
