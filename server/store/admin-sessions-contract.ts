/** The part of the store's contract about the sessions of operators. */
import { describe, expect, test } from 'vitest'
import { type AdminSession, maxAdminSessions } from './admin-sessions-port.ts'
import type { StoreContext } from './store-context.fixture.ts'

const session = (id: string, expiresAtMs: number): AdminSession => ({ id, tokenTag: 'tag', expiresAtMs })
const byId = (a: AdminSession, b: AdminSession) => (a.id < b.id ? -1 : 1)

export const describeAdminSessions = (given: () => StoreContext) => {
  describe('sessions of operators', () => {
    test('a session is listed until it is removed, even after a restart', async () => {
      const { store: before, reopen } = given()
      await before.saveAdminSession(session('one', 2_000), 1_000)
      await before.saveAdminSession(session('two', 3_000), 1_000)
      const store = await reopen()
      expect((await store.readAdminSessions()).sort(byId)).toEqual([session('one', 2_000), session('two', 3_000)])
      await store.removeAdminSession('one')
      await store.removeAdminSession('nobody')
      expect(await store.readAdminSessions()).toEqual([session('two', 3_000)])
    })

    test('removing all sessions leaves other settings, such as the pause of publishing', async () => {
      const { store } = given()
      await store.pausePublishing(true)
      await store.saveAdminSession(session('one', 2_000), 1_000)
      await store.saveAdminSession(session('two', 2_000), 1_000)
      await store.removeAllAdminSessions()
      expect(await store.readAdminSessions()).toEqual([])
      expect(await store.isPublishingPaused()).toBe(true)
    })

    test('A6 saving a session removes the expired ones and the oldest beyond the bound', async () => {
      const { store } = given()
      await store.saveAdminSession(session('expired', 2_000), 1_000)
      for (let index = 0; index <= maxAdminSessions; index++) await store.saveAdminSession(session(`s${index}`, 3_000 + index), 2_000)
      const ids = (await store.readAdminSessions()).map(({ id }) => id)
      expect(ids).toHaveLength(maxAdminSessions)
      expect(ids).not.toContain('expired')
      expect(ids).not.toContain('s0')
      expect(ids).toContain(`s${maxAdminSessions}`)
    })
  })
}
