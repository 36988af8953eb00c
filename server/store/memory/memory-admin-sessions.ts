/** The sessions of operators in memory: the model. */
import { type AdminSession, superfluousSessions } from '../admin-sessions-port.ts'

export class MemoryAdminSessions {
  readonly #sessions = new Map<string, AdminSession>()

  save(session: AdminSession, nowMs: number) {
    this.#sessions.set(session.id, session)
    for (const id of superfluousSessions(this.read(), nowMs)) this.#sessions.delete(id)
  }

  remove(id: string) {
    this.#sessions.delete(id)
  }

  removeAll() {
    this.#sessions.clear()
  }

  read(): AdminSession[] {
    return [...this.#sessions.values()]
  }
}
