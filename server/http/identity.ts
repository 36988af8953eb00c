/** Who is asking: the types. Sessions and tokens are made and read in `sessions.ts`. */
import type { Painter } from '../../lib/painter.ts'

export type Identity =
  | { kind: 'none' }
  | { kind: 'painter'; painter: Painter; via: 'cookie' | 'token' }
  /** The admin token, or an admin's cookie. Admins paint too, as the painter `p_admin`, unless the session had a painter before. */
  | { kind: 'admin'; painter: Painter; via: 'cookie' | 'token' }
  /** A Bearer or socket token that is not ours: 401. A forged or expired cookie is `none` instead. */
  | { kind: 'bad_token' }

export interface Credentials {
  /** The `Cookie` header. */
  readonly cookie: string | null
  /** The `Authorization` header. */
  readonly authorization: string | null
  /** Socket.IO's `auth.token`. */
  readonly token?: string | null
}
