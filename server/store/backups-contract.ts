/** The part of the store's contract about the state of the scheduled backups. */
import { describe, expect, test } from 'vitest'
import { noBackups } from '../../lib/backups.ts'
import type { StoreContext } from './store-context.fixture.ts'

export const describeBackupState = (given: () => StoreContext) => {
  describe('state of the scheduled backups', () => {
    test('a new store has none, and a saved one is there after a restart', async () => {
      const { store, reopen } = given()
      expect(await store.getBackups()).toEqual(noBackups)
      const state = { ...noBackups, rev: 1, installation: 'abcdefgh', sinceMs: 5 }
      expect(await store.saveBackups(state)).toBe(true)
      expect(await (await reopen()).getBackups()).toEqual(state)
    })

    test('one of several parallel changes of the same rev is saved', async () => {
      const { store } = given()
      const names = ['one', 'two', 'three', 'four']
      const saves = await Promise.allSettled(names.map((installation) => store.saveBackups({ ...noBackups, rev: 1, installation })))
      const saved = names.filter((_, index) => {
        const save = saves[index]
        return save?.status === 'fulfilled' && save.value
      })
      expect(saved).toHaveLength(1)
      expect(await store.getBackups()).toMatchObject({ rev: 1, installation: saved[0] })
      expect(await store.saveBackups({ ...noBackups, rev: 1 })).toBe(false)
      expect(await store.saveBackups({ ...noBackups, rev: 2 })).toBe(true)
    })
  })
}
