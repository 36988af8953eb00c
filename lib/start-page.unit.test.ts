import { expect, test } from 'vitest'
import { asCanvasId } from './brand.ts'
import { canvasOf } from './canvas.fixture.ts'
import { listCanvases, startPageOf } from './start-page.ts'

const board = (id: string, visibility: 'listed' | 'link' = 'listed') => canvasOf({ id: asCanvasId(id), visibility })
const siteWith = (defaultCanvas: string | null) => ({ defaultCanvas: defaultCanvas === null ? null : asCanvasId(defaultCanvas) })

test.each([
  ['the only listed board', null, [board('main')], { kind: 'board', id: 'main' }],
  ['the only listed board beside one with a link', null, [board('secret', 'link'), board('main')], { kind: 'board', id: 'main' }],
  ['a list of several boards', null, [board('main'), board('side')], { kind: 'list' }],
  ['a list when no board is listed', null, [board('secret', 'link')], { kind: 'list' }],
  ['a list when there is no board', null, [], { kind: 'list' }],
  ['the default board', 'side', [board('main'), board('side')], { kind: 'board', id: 'side' }],
  ['the default board that is on no list', 'secret', [board('main'), board('secret', 'link')], { kind: 'board', id: 'secret' }],
  ['a list when the default board was deleted', 'gone', [board('main'), board('side')], { kind: 'list' }],
])('B4 the start page is %s', (_, chosen, canvases, page) => {
  expect(startPageOf(siteWith(chosen), canvases)).toEqual(page)
})

test('the list has the listed boards in their order, and how many people are on each', () => {
  const canvases = [board('main'), board('secret', 'link'), board('side')]
  const listed = listCanvases(canvases, (id) => id.length)
  expect(listed.map(({ id, online }) => [id, online])).toEqual([
    ['main', 4],
    ['side', 4],
  ])
})
