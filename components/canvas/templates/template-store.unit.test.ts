import 'fake-indexeddb/auto'
import { openDB } from 'idb'
import { expect, test } from 'vitest'
import { recolorPicture } from '../../../lib/templates/recolor-picture.ts'
import { defaultAppearance, keepOnBoard, noCell, type PlacedTemplate, wantedAt } from '../../../lib/templates/template.ts'
import { newKey, openTemplateShelf, type TemplateShelf } from './template-shelf.ts'
import { selectedTemplate, shownTemplates, TemplateStore } from './template-store.ts'

const palette = ['#FFFFFF', '#000000', '#E50000']

const template = (id: string, change: Partial<PlacedTemplate> = {}): PlacedTemplate => ({
  ...defaultAppearance,
  id,
  name: id,
  x: 3,
  y: -1,
  picture: { width: 2, height: 2, cells: Uint16Array.of(0, 1, noCell, 2) },
  source: { kind: 'device' },
  ...change,
})

const openStore = async (canvasId: string, colors = palette) => {
  const store = new TemplateStore({ shelf: await openTemplateShelf(canvasId), palette: colors })
  await store.reload()
  return store
}
const names = (store: TemplateStore) => store.state.getState().templates.map(({ name }) => name)

test('T1: templates, their order and their settings survive a reload of the page', async () => {
  const canvasId = newKey()
  const store = await openStore(canvasId)
  for (const id of ['a', 'b', 'c']) store.add(template(id))
  store.move('a', 0)
  store.update('b', { x: -7, look: 'dots-large', opacity: 0.9, isVisible: false })
  store.remove('c')
  await store.close()
  const again = await openStore(canvasId)
  expect(again.state.getState().templates).toEqual([
    template('a'),
    template('b', { x: -7, look: 'dots-large', opacity: 0.9, isVisible: false }),
  ])
})

test('T19: another board has its own templates', async () => {
  const store = await openStore(newKey())
  store.add(template('a'))
  await store.settled()
  expect(names(await openStore(newKey()))).toEqual([])
})

test('T11: a board has at most 20 templates', async () => {
  const store = await openStore(newKey())
  for (let i = 0; i < 20; i++) expect(store.add(template(`t${i}`))).toBe(true)
  expect(store.add(template('one more'))).toBe(false)
  expect(names(store)).toHaveLength(20)
})

test('T1: a removed template comes back to its place', async () => {
  const store = await openStore(newKey())
  for (const id of ['c', 'b', 'a']) store.add(template(id))
  store.remove('b')
  expect(names(store)).toEqual(['a', 'c'])
  store.restore()
  expect(names(store)).toEqual(['a', 'b', 'c'])
  expect(selectedTemplate(store.state.getState())?.id).toBe('b')
})

test('T1: two pages that add a template at the same time keep both', async () => {
  const canvasId = newKey()
  const [one, other] = [await openStore(canvasId), await openStore(canvasId)]
  one.add(template('one'))
  other.add(template('other'))
  await Promise.all([one.settled(), other.settled()])
  await Promise.all([one.reload(), other.reload()])
  expect(names(one).toSorted()).toEqual(['one', 'other'])
  expect(names(other)).toEqual(names(one))
})

test('T1: a change that is made while the list is read again is kept', async () => {
  const store = await openStore(newKey())
  store.add(template('a'))
  await store.settled()
  const reading = store.reload()
  store.update('a', { x: 99 })
  await reading
  await store.settled()
  expect(store.state.getState().templates[0]?.x).toBe(99)
})

test('T1: a picture is not written again when only a setting changes', async () => {
  const canvasId = newKey()
  const store = await openStore(canvasId)
  store.add(template('a'))
  await store.settled()
  const keys = async () => (await openDB('fresco-templates')).getAllKeys('pictures')
  const before = await keys()
  store.update('a', { opacity: 0.1 })
  await store.settled()
  expect(await keys()).toEqual(before)
  store.update('a', { picture: { width: 1, height: 1, cells: Uint16Array.of(2) } })
  await store.settled()
  expect(await keys()).toHaveLength(before.length)
  expect((await openStore(canvasId)).state.getState().templates[0]?.picture.width).toBe(1)
})

test('T1: records of a newer version are kept, counted and not shown', async () => {
  const canvasId = newKey()
  const store = await openStore(canvasId)
  store.add(template('a'))
  await store.settled()
  const database = await openDB('fresco-templates')
  const record = await database.get('settings', [canvasId, 'a'])
  await database.put('settings', { ...record, id: 'newer', version: 2, look: 'hologram' })
  const again = await openStore(canvasId)
  expect(names(again)).toEqual(['a'])
  expect(again.state.getState().unreadable).toBe(1)
  again.remove('a')
  await again.settled()
  expect(await database.get('settings', [canvasId, 'newer'])).toMatchObject({ version: 2 })
})

test('T1: a browser without storage keeps the templates until the page is closed, and says so', () => {
  const store = new TemplateStore({ shelf: null, palette })
  store.add(template('a'))
  expect(store.state.getState()).toMatchObject({ isLoaded: true, storage: 'none' })
  expect(names(store)).toEqual(['a'])
})

test('T1: a full disk is told, and the next change saves everything', async () => {
  const saved: string[][] = []
  let isFull = true
  const shelf: TemplateShelf = {
    load: async () => ({ templates: [], unreadable: 0 }),
    async save({ changed }) {
      if (isFull) throw new DOMException('full', 'QuotaExceededError')
      saved.push(changed.map(({ template: { id } }) => id))
    },
    close() {},
  }
  const store = new TemplateStore({ shelf, palette })
  await store.reload()
  store.add(template('a'))
  await store.settled()
  expect(store.state.getState().storage).toBe('full')
  isFull = false
  store.add(template('b'))
  await store.settled()
  expect(store.state.getState().storage).toBe('saved')
  expect(saved).toEqual([['b', 'a']])
})

test('T19: templates keep their colors when the board is created again with another palette', async () => {
  const canvasId = newKey()
  const store = await openStore(canvasId)
  store.add(template('a'))
  await store.settled()
  const other = ['#E60101', '#FFFFFF', '#000000']
  store.setPalette(other)
  expect([...(store.state.getState().templates[0]?.picture.cells ?? [])]).toEqual([1, 2, noCell, 0])
  await store.settled()
  expect([...((await openStore(canvasId, other)).state.getState().templates[0]?.picture.cells ?? [])]).toEqual([1, 2, noCell, 0])
})

test('T19: a palette that grows leaves the pictures as they are', () => {
  const { picture } = template('a')
  expect(recolorPicture(picture, palette, [...palette, '#00FF00'])).toBe(picture)
})

test('T15: the board does not show a hidden template, nor the one that is being moved', () => {
  const templates = [template('a'), template('b'), template('hidden', { isVisible: false })]
  expect(shownTemplates({ templates, draft: template('b', { x: 50 }) })).toEqual([templates[0]])
  expect(shownTemplates({ templates, draft: template('new') })).toEqual([templates[0], templates[1]])
})

test('T15: a template may extend beyond the board, but one row and one column stay on it', () => {
  const board = { width: 100, height: 50 }
  const picture = { width: 10, height: 20 }
  expect(keepOnBoard({ x: -500, y: -500 }, picture, board)).toEqual({ x: -9, y: -19 })
  expect(keepOnBoard({ x: 500, y: 500 }, picture, board)).toEqual({ x: 99, y: 49 })
  expect(keepOnBoard({ x: 1.6, y: 2.2 }, picture, board)).toEqual({ x: 2, y: 2 })
})

test('T4: a template wants nothing outside of its picture and in its transparent cells', () => {
  const placed = template('a', { x: 10, y: 20 })
  expect(wantedAt(placed, 10, 20)).toBe(0)
  expect(wantedAt(placed, 11, 21)).toBe(2)
  for (const [gx, gy] of [
    [9, 20],
    [12, 20],
    [10, 19],
    [10, 22],
    [10, 21],
  ] as const)
    expect(wantedAt(placed, gx, gy)).toBe(noCell)
})
