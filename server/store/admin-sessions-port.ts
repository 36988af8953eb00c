/**
 * The open sessions of operators, a part of the store's port. A session that is not stored here has ended, in every process and
 * across restarts. Adapters keep a row for each session among their settings.
 */

export interface AdminSession {
  readonly id: string
  /** Names the admin token that opened the session. Under another token the session is not valid. */
  readonly tokenTag: string
  readonly expiresAtMs: number
}

/** Every call can be repeated after an unknown outcome. */
export interface AdminSessionStore {
  /** Also removes the sessions that have expired at `nowMs`, and the oldest ones beyond `maxAdminSessions` (A6). */
  saveAdminSession(session: AdminSession, nowMs: number): Promise<void>
  removeAdminSession(id: string): Promise<void>
  removeAllAdminSessions(): Promise<void>
  /** At most `maxAdminSessions`, in no order. */
  readAdminSessions(): Promise<AdminSession[]>
}

export const maxAdminSessions = 100
export const adminSessionPrefix = 'admin-session/'
/** Sorts directly after all names that begin with the prefix. */
export const adminSessionEnd = 'admin-session0'

/** The ids of the sessions to remove after one was saved. `all` includes it. */
export const sessionsToRemove = (all: readonly AdminSession[], nowMs: number): string[] => {
  const latestFirst = [...all].sort((a, b) => b.expiresAtMs - a.expiresAtMs)
  return latestFirst.filter(({ expiresAtMs }, index) => expiresAtMs <= nowMs || index >= maxAdminSessions).map(({ id }) => id)
}
