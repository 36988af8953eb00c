/**
 * The open sessions of operators: a part of the store's port. A session that is not listed here has ended, in every process and
 * across restarts. Adapters keep one row for each in their settings.
 */

export interface AdminSession {
  readonly id: string
  /** Names the admin token that the session was opened with. Under another token it does not count. */
  readonly tokenTag: string
  readonly expiresAtMs: number
}

export interface AdminSessionStore {
  /** Also removes what has expired at `nowMs`, and the oldest sessions beyond `maxAdminSessions` (A6). */
  saveAdminSession(session: AdminSession, nowMs: number): Promise<void>
  removeAdminSession(id: string): Promise<void>
  removeAllAdminSessions(): Promise<void>
  /** At most `maxAdminSessions`, in no order. */
  readAdminSessions(): Promise<AdminSession[]>
}

export const maxAdminSessions = 100
export const adminSessionPrefix = 'admin-session/'
/** The first name after all that begin with the prefix. */
export const adminSessionEnd = 'admin-session0'

/** The ids that saving one more session removes. `all` includes the new one. */
export const superfluousSessions = (all: readonly AdminSession[], nowMs: number): string[] => {
  const isOver = ({ expiresAtMs }: AdminSession) => expiresAtMs <= nowMs
  const open = all.filter((session) => !isOver(session)).sort((a, b) => b.expiresAtMs - a.expiresAtMs)
  return [...all.filter(isOver), ...open.slice(maxAdminSessions)].map(({ id }) => id)
}
