/** The part of the store's contract about the settings of the installation. */
import { describe, expect, test } from 'vitest'
import { asCanvasId } from '../../lib/brand.ts'
import { defaultSite } from '../../lib/site.ts'
import type { StoreContext } from './store-context.fixture.ts'

const png = Uint8Array.of(137, 80, 78, 71, 0, 255)
const logo = { png, width: 4, height: 2 }

export const describeSite = (given: () => StoreContext) => {
  describe('settings of the installation', () => {
    test('a new store has the default settings and no logo', async () => {
      const { store } = given()
      expect(await store.getSite()).toEqual(defaultSite)
      expect(await store.getSiteLogo()).toBeNull()
    })

    test('a change raises rev by one, leaves the other settings, and is there after a restart', async () => {
      const { store, reopen } = given()
      const changed = { ...defaultSite, name: 'Winter', accent: '#AA0044', rev: 2, changeId: 'one' }
      expect(await store.saveSite({ id: 'one', change: { name: 'Winter', accent: '#AA0044' }, rev: 1 })).toEqual({
        kind: 'updated',
        site: changed,
      })
      await store.saveSite({ id: 'two', change: { defaultCanvas: asCanvasId('main') }, rev: 2 })
      expect(await (await reopen()).getSite()).toEqual({ ...changed, defaultCanvas: 'main', rev: 3, changeId: 'two' })
    })

    test('B3 a change of another rev is stale, and changes nothing', async () => {
      const { store } = given()
      await store.saveSite({ id: 'one', change: { name: 'Winter' }, rev: 1, logo })
      const before = await store.getSite()
      expect(await store.saveSite({ id: 'two', change: { name: 'Summer' }, rev: 1, logo: null })).toEqual({ kind: 'stale', site: before })
      expect(await store.getSite()).toEqual(before)
      expect(await store.getSiteLogo()).toEqual(png)
    })

    test('B3 one of several parallel changes of the same rev is saved', async () => {
      const { store } = given()
      const names = ['One', 'Two', 'Three', 'Four']
      const outcomes = await Promise.allSettled(names.map((name) => store.saveSite({ id: name, change: { name }, rev: 1 })))
      const saved = names.filter((_, index) => {
        const outcome = outcomes[index]
        return outcome?.status === 'fulfilled' && outcome.value.kind === 'updated'
      })
      expect(saved).toHaveLength(1)
      expect(await store.getSite()).toMatchObject({ name: saved[0], rev: 2 })
    })

    test('a repeated change has the same outcome and is made once', async () => {
      const { store } = given()
      const update = { id: 'one', change: { name: 'Winter' }, rev: 1, logo }
      const first = await store.saveSite(update)
      expect(await store.saveSite(update)).toEqual(first)
      expect((await store.getSite()).rev).toBe(2)
    })

    test('the logo is kept with its size and the rev that set it, until it is removed', async () => {
      const { store, reopen } = given()
      await store.saveSite({ id: 'one', change: {}, rev: null, logo })
      await store.saveSite({ id: 'two', change: { name: 'Winter' }, rev: null })
      const again = await reopen()
      expect((await again.getSite()).logo).toEqual({ rev: 2, width: 4, height: 2 })
      expect(await again.getSiteLogo()).toEqual(png)
      await again.saveSite({ id: 'three', change: {}, rev: null, logo: null })
      expect(await again.getSite()).toMatchObject({ name: 'Winter', logo: null, rev: 4 })
      expect(await again.getSiteLogo()).toBeNull()
    })
  })
}
