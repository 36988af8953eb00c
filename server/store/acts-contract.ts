/** The part of the store's contract about the record of what staff do. */
import { describe, expect, test } from 'vitest'
import { type Act, actLimits } from '../../lib/act.ts'
import type { StoreContext } from './store-context.fixture.ts'

const act = (id: string, fields: Partial<Act> = {}): Act => ({
  id,
  atMs: 1_000,
  by: 'p_admin',
  via: 'session',
  action: 'canvas.change',
  target: 'main',
  details: { title: { from: 'Main', to: 'Finale' } },
  outcome: null,
  code: null,
  ...fields,
})
const newest = { before: null, limit: 10 }
const idsOf = (acts: readonly Act[]) => acts.map(({ id }) => id)

export const describeActs = (given: () => StoreContext) => {
  describe('acts of staff', () => {
    test('A8 an act is there without an outcome until it ends, also after a restart, and ends once', async () => {
      const { store: before, reopen } = given()
      await before.saveAct(act('a1'))
      const store = await reopen()
      expect(await store.readActs(newest)).toEqual([act('a1')])
      await store.endAct({ id: 'a1', outcome: 'refused', code: 'stale_rev' })
      await store.endAct({ id: 'a1', outcome: 'done', code: null })
      await store.saveAct(act('a1', { action: 'canvas.delete' }))
      expect(await store.readActs(newest)).toEqual([act('a1', { outcome: 'refused', code: 'stale_rev' })])
    })

    test('acts are read newest first, from the one before, of one kind and of one target', async () => {
      const { store } = given()
      await store.saveAct(act('a1'))
      await store.saveAct(act('a2', { action: 'site.change', target: null, via: 'command_line', by: 'command line' }))
      await store.saveAct(act('a4', { target: 'winter' }))
      await store.saveAct(act('a3', { action: 'canvasses.change' }))
      expect(idsOf(await store.readActs(newest))).toEqual(['a4', 'a3', 'a2', 'a1'])
      expect(idsOf(await store.readActs({ before: 'a4', limit: 2 }))).toEqual(['a3', 'a2'])
      expect(idsOf(await store.readActs({ ...newest, kind: 'canvas' }))).toEqual(['a4', 'a1'])
      expect(idsOf(await store.readActs({ ...newest, kind: 'canvas', target: 'main' }))).toEqual(['a1'])
      expect(await store.readActs({ ...newest, before: 'a1' })).toEqual([])
    })

    test('A6 saving an act removes the acts that are too old', async () => {
      const { store } = given()
      await store.saveAct(act('a1', { atMs: 1_000 }))
      await store.saveAct(act('a2', { atMs: 1_001 }))
      await store.saveAct(act('a3', { atMs: 1_001 + actLimits.keptMs }))
      expect(idsOf(await store.readActs(newest))).toEqual(['a3', 'a2'])
    })
  })
}
