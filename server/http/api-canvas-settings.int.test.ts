/** The settings of a canvas that an admin may change, each at the edge of its limit. The canvas is 100 × 70 and has four colors. */
import { expect, test } from 'vitest'
import { type CanvasChange, templateUploadsOf } from '../../lib/canvas.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

const setUp = async (canvas: CanvasChange = {}) => {
  const api = await start({ canvas })
  const patch = (json: unknown, rev = 1) =>
    api.send('PATCH', '/api/admin/canvases/main', { json, headers: { ...asAdmin, 'if-match': String(rev) } })
  const shown = async () => bodyOf(await api.get('/api/canvases/main'))
  return { ...api, patch, shown }
}

const four = ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF']
const colors = (count: number) => Array.from({ length: count }, (_, index) => `#${index.toString(16).padStart(6, '0').toUpperCase()}`)
const area = { gx: 0, gy: 0, width: 1, height: 1 }
const emoji = '\u{1f600}'

test('B2 every setting can be changed in one request, and the answer shows all of them', async () => {
  const { patch, shown } = await setUp()
  const change = {
    rules: '# Be kind\n\nNo **raids**. See [the wiki](https://example.org/).',
    visibility: 'link',
    width: 200,
    height: 71,
    palette: [...four, '#ABCDEF', '#123456'],
    colorNames: ['white', 'red', 'green', 'blue', 'Sky', 'Night'],
    undoMs: 0,
    assist: false,
    templates: 'staff',
    protectedAreas: [{ gx: 190, gy: 70, width: 10, height: 1 }],
    onlyColor: 5,
  }
  expect(await bodyOf(await patch({ ...change, palette: [...four, '#abcdef', '#123456'] }))).toMatchObject({ ...change, rev: 2 })
  expect(await shown()).toMatchObject({ ...change, tilesX: 4, tilesY: 2 })
  expect(await bodyOf(await patch({ onlyColor: null, protectedAreas: [], rules: '' }, 2))).toMatchObject({
    onlyColor: null,
    protectedAreas: [],
    rules: '',
  })
})

test('T16 requests of older clients may switch uploads of templates on and off', async () => {
  const { patch, shown } = await setUp()
  expect(await bodyOf(await patch({ templates: false }))).toMatchObject({ templates: 'off', rev: 2 })
  expect(await bodyOf(await patch({ templates: true }, 2))).toMatchObject({ templates: 'everyone', rev: 3 })
  expect(await shown()).toMatchObject({ templates: 'everyone' })
})

test('T16 a board that an older version stored has its switch as a choice', () => {
  expect([true, false, undefined, 'staff' as const].map(templateUploadsOf)).toEqual(['everyone', 'off', 'everyone', 'staff'])
})

test.each<[object, string]>([
  [{ rules: 'x'.repeat(4_001) }, 'rules'],
  [{ rules: emoji.repeat(4_001) }, 'rules'],
  [{ rules: 'a\u0000' }, 'rules'],
  [{ rules: 'a\u202eb' }, 'rules'],
  [{ rules: 'a\ud800' }, 'rules'],
  [{ rules: '<script>alert(1)</script>' }, 'rules'],
  [{ rules: '[a](javascript:alert(1))' }, 'rules'],
  [{ rules: null }, 'rules'],
  [{ visibility: 'hidden' }, 'visibility'],
  [{ width: 99 }, 'width'],
  [{ height: 69 }, 'height'],
  [{ width: 16_385 }, 'width'],
  [{ height: 100.5 }, 'height'],
  [{ palette: four.slice(1) }, 'palette'],
  [{ palette: four.slice(0, 3) }, 'palette'],
  [{ palette: ['#FF0000', '#FFFFFF', '#00FF00', '#0000FF'] }, 'palette'],
  [{ palette: [...four, '#FF0000'] }, 'palette'],
  [{ palette: [...four, '#abcdef', '#ABCDEF'] }, 'palette'],
  [{ palette: [...four, 'red'] }, 'palette.4'],
  [{ palette: [...four, 7] }, 'palette.4'],
  [{ palette: '#FFFFFF' }, 'palette'],
  [{ palette: [...four, ...colors(253)] }, 'palette'],
  [{ colorNames: ['a', 'b', 'c'] }, 'colorNames'],
  [{ colorNames: ['a', 'b', 'c', 'd', 'e'] }, 'colorNames'],
  [{ colorNames: ['a', 'b', 'c', 'a '] }, 'colorNames'],
  [{ colorNames: ['a', 'b', 'c', ' '] }, 'colorNames.3'],
  [{ colorNames: ['a', 'b', 'c', 'x'.repeat(41)] }, 'colorNames.3'],
  [{ colorNames: ['a', 'b', 'c', 'd\n'.concat('e')] }, 'colorNames.3'],
  [{ undoMs: 60_001 }, 'undoMs'],
  [{ undoMs: -1 }, 'undoMs'],
  [{ assist: 'yes' }, 'assist'],
  [{ templates: 1 }, 'templates'],
  [{ templates: 'admins' }, 'templates'],
  [{ protectedAreas: Array(65).fill(area) }, 'protectedAreas'],
  [{ protectedAreas: [area, { ...area, gx: 100 }] }, 'protectedAreas.1'],
  [{ protectedAreas: [{ ...area, width: 101 }] }, 'protectedAreas.0'],
  [{ protectedAreas: [{ ...area, width: 0 }] }, 'protectedAreas.0.width'],
  [{ protectedAreas: [{ ...area, gx: -1 }] }, 'protectedAreas.0.gx'],
  [{ protectedAreas: [{ ...area, tile: 1 }] }, 'protectedAreas.0'],
  [{ protectedAreas: [[0, 0, 1, 1]] }, 'protectedAreas.0'],
  [{ onlyColor: 4 }, 'onlyColor'],
  [{ onlyColor: -1 }, 'onlyColor'],
  [{ onlyColor: '#FFFFFF' }, 'onlyColor'],
  [{ archived: 'yes' }, 'archived'],
  [{ archived: true, state: 'open' }, 'state'],
  [{ archived: false }, ''],
  [{ title: 'Changed', palette: four.slice(1) }, 'palette'],
])('the setting %j is refused with the field, and changes nothing', async (change, field) => {
  const { patch, shown } = await setUp()
  const before = await shown()
  const { errors } = await expectProblem(await patch(change), 'invalid_request')
  expect(errors).toMatchObject([{ path: field }])
  expect(await shown()).toEqual(before)
})

test.each<object>([
  { rules: emoji.repeat(4_000) },
  { width: 16_384, height: 16_384 },
  { palette: [...four, ...colors(252)] },
  { colorNames: ['a', 'b', 'c', emoji.repeat(40)] },
  { undoMs: 60_000 },
  { protectedAreas: Array(64).fill({ gx: 99, gy: 69, width: 1, height: 1 }) },
  { onlyColor: 3 },
])('the largest setting %# is accepted', async (change) => {
  const { patch } = await setUp()
  expect(await bodyOf(await patch(change))).toMatchObject(change)
})

test('every mistake of a request is in its answer', async () => {
  const { patch } = await setUp()
  const { errors } = await expectProblem(await patch({ width: 5, onlyColor: 200, startCharges: 9, maxCharges: 2 }), 'invalid_request')
  expect(errors.map(({ path }: { path: string }) => path)).toEqual(['width', 'startCharges', 'onlyColor'])
})

test('a body of more than 256 KiB is refused', async () => {
  const { patch } = await setUp()
  await expectProblem(await patch({ rules: ' '.repeat(262_144) }), 'too_large')
})

test('appended colors have a name of their own until the host names them', async () => {
  const { patch } = await setUp({ colorNames: ['Snow', 'orange', 'Leaf', 'Sea'] })
  const palette = [...four, '#FFA800', '#FFA801']
  expect(await bodyOf(await patch({ palette }))).toMatchObject({
    palette,
    colorNames: ['Snow', 'orange', 'Leaf', 'Sea', 'orange 2', 'orange 3'],
  })
})

test('the lines of rules that come from Windows are stored as lines', async () => {
  const { patch } = await setUp()
  expect(await bodyOf(await patch({ rules: 'a\r\nb\rc\n\n' }))).toMatchObject({ rules: 'a\nb\nc' })
})

test('the next placement follows a protected area and the color of a finale', async () => {
  const { patch, post } = await setUp()
  await patch({ protectedAreas: [{ gx: 2, gy: 2, width: 2, height: 2 }], onlyColor: 1 })
  await expectProblem(await post('/api/pixels', { gx: 3, gy: 3, color: 1 }), 'area_protected')
  await expectProblem(await post('/api/pixels', { gx: 4, gy: 3, color: 2 }), 'color_not_allowed')
  expect((await post('/api/pixels', { gx: 4, gy: 3, color: 1 })).status).toBe(201)
})

test('a board with a link only is on no list, and everybody who has its address can open it', async () => {
  const { api, patch, get, shown } = await setUp()
  // The list is behind Next, which this server does not have.
  const listed = async () => (await bodyOf(await api.handle(new Request('http://localhost/api/canvases')))).canvases
  expect(await listed()).toMatchObject([{ id: 'main' }])
  await patch({ visibility: 'link' })
  expect(await listed()).toEqual([])
  expect(await shown()).toMatchObject({ id: 'main', visibility: 'link' })
  expect((await bodyOf(await get('/api/admin/canvases', asAdmin))).canvases).toMatchObject([{ id: 'main', visibility: 'link' }])
})

test('an archive is closed, and only its title, rules and visibility change afterwards', async () => {
  const { patch, shown } = await setUp()
  expect(await bodyOf(await patch({ archived: true, title: 'The end' }))).toMatchObject({
    state: 'closed',
    title: 'The end',
    archivedAt: '2026-01-01T00:00:00.000Z',
    schedule: [],
  })
  expect((await patch({ title: 'Past', rules: 'Thanks!', visibility: 'link' }, 2)).status).toBe(200)
  for (const change of [{ state: 'open' }, { width: 200 }, { title: 'x', cooldownMs: 5 }, { archived: true }, { onlyColor: null }]) {
    await expectProblem(await patch(change, 3), 'canvas_closed')
  }
  expect(await shown()).toMatchObject({ rev: 3, title: 'Past', state: 'closed' })
})

test('B3 an old rev is refused as stale also when the change is wrong for the newest canvas', async () => {
  const { patch } = await setUp()
  expect((await patch({ width: 200 })).status).toBe(200)
  await expectProblem(await patch({ width: 150 }), 'stale_rev')
})
