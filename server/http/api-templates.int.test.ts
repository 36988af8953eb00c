/** Templates by link over HTTP. The canvas is 100 × 70 and has the colors white, red, green and blue. */
import { expect, test } from 'vitest'
import { templateLimits } from '../../lib/linked-template.ts'
import { encodeTestPng, endChunk, headerChunk, pngOf, type TestPicture } from '../../lib/png/png.fixture.ts'
import { readPicture } from '../pictures/picture.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { TemplateProjection } from '../templates/template-projection.ts'
import { asAdmin, bodyOf, cookieOf, expectProblem, start } from './api-expectations.fixture.ts'

const [red, blue, clear] = [
  [255, 0, 0, 255],
  [0, 0, 255, 255],
  [0, 0, 0, 127],
]
const rgba = (width: number, cells: readonly (readonly number[] | undefined)[]): TestPicture => ({
  ...{ width, height: cells.length / width, kind: 'rgba', depth: 8 },
  samples: cells.flatMap((cell) => cell ?? []),
})
const png = (width = 2, cells = [red, blue, clear, red]) => encodeTestPng(rgba(width, cells))

const setUp = async (options: Parameters<typeof start>[0] = {}) => {
  const api = await start(options)
  const send = (
    method: string,
    path: string,
    { body = png(), headers = {} }: { body?: Uint8Array | null; headers?: Record<string, string> } = {},
  ) => api.send(method, path, { body: body as BodyInit | null, headers: { ...(body && { 'content-type': 'image/png' }), ...headers } })
  const create = (query = 'name=Dragon&x=3&y=4', more: Parameters<typeof send>[2] = {}) =>
    send('POST', `/api/canvases/main/templates?${query}`, more)
  const painter = async () => ({ cookie: cookieOf(await api.get('/api/me')) })
  return { ...api, send, create, painter }
}

test('T16 a guest uploads a template, and everybody reads it with its picture', async () => {
  const { create, get, clock } = await setUp()
  const response = await create()
  expect([response.status, cookieOf(response)]).toEqual([201, expect.stringContaining('=')])
  const template = await bodyOf(response)
  const at = new Date(clock.nowMs).toISOString()
  expect(template).toEqual({
    ...{ id: expect.stringMatching(/^[a-z2-7]{16}$/), canvas: 'main', rev: 1, name: 'Dragon', x: 3, y: 4, width: 2, height: 2 },
    ...{ by: { id: expect.stringMatching(/^p_/), name: expect.stringMatching(/^Guest /) }, createdAt: at, changedAt: at },
  })
  const read = await get(`/api/templates/${template.id}`)
  expect([await bodyOf(read), read.headers.get('etag'), read.headers.get('access-control-allow-origin')]).toEqual([template, '"1"', '*'])
  expect((await get(`/api/templates/${template.id}`, { 'if-none-match': '"1"' })).status).toBe(304)

  const picture = await get(`/api/templates/${template.id}/picture.png?rev=1`)
  expect([picture.status, picture.headers.get('content-type'), picture.headers.get('cache-control')]).toEqual([
    ...[200, 'image/png', 'public, max-age=31536000, immutable'],
  ])
  const bytes = new Uint8Array(await picture.arrayBuffer())
  const decoded = await readPicture({ png: bytes, canvas: testCanvas(), gx: 0, gy: 0, nearest: false })
  expect(decoded).toMatchObject({ ok: true, picture: { width: 2, height: 2, colors: Int16Array.of(1, 3, -1, 1) } })
  expect((await get(`/api/templates/${template.id}/picture.png`)).headers.get('cache-control')).toBe('no-cache')
  await expectProblem(await get(`/api/templates/${template.id}/picture.png?rev=2`), 'not_found')
})

test.each(['none', 'aaaaaaaaaaaaaaaa', 'AAAAAAAAAAAAAAAA', '%00', 'x'.repeat(900)])('T16 there is no template %s', async (id) => {
  const { get, send } = await setUp()
  for (const path of [`/api/templates/${id}`, `/api/templates/${id}/picture.png`]) await expectProblem(await get(path), 'not_found')
  for (const method of ['PUT', 'DELETE']) await expectProblem(await send(method, `/api/templates/${id}`), 'not_found')
})

test.each([
  ['x=0&y=0', 'invalid_request'],
  ['name=&x=0&y=0', 'invalid_request'],
  ['name=a%0Ab&x=0&y=0', 'invalid_request'],
  ['name=a%E2%80%AEb&x=0&y=0', 'invalid_request'],
  [`name=${'x'.repeat(81)}&x=0&y=0`, 'invalid_request'],
  ['name=a&x=0', 'invalid_request'],
  ['name=a&x=0.5&y=0', 'invalid_request'],
  ['name=a&x=1e3&y=0', 'invalid_request'],
  ['name=a&x=1000001&y=0', 'invalid_request'],
  ['name=a&x=100&y=0', 'out_of_bounds'],
  ['name=a&x=0&y=70', 'out_of_bounds'],
  ['name=a&x=-2&y=0', 'out_of_bounds'],
  // Only the transparent cell is inside.
  ['name=a&x=99&y=-1', 'out_of_bounds'],
] as const)('T16 a template at %s is %s', async (query, code) => {
  const { create, store } = await setUp()
  await expectProblem(await create(query), code)
  expect(await store.templates.listTemplates({ canvas: testCanvas().id })).toEqual([])
})

test('T16 a template may hang over the edge with one cell inside, and have a name of 80 characters', async () => {
  const { create } = await setUp()
  expect((await create(`name=${'x'.repeat(80)}&x=-1&y=-1`)).status).toBe(201)
  expect((await create(`name=${encodeURIComponent('😀'.repeat(80))}&x=99&y=69`)).status).toBe(201)
})

test('T16 the picture is a PNG with colours of the canvas, of at most 1 MiB and 1,048,576 pixels', async () => {
  const { create } = await setUp()
  await expectProblem(await create(undefined, { body: Buffer.from('GIF89a') }), 'invalid_request')
  await expectProblem(await create(undefined, { body: null }), 'invalid_request')
  await expectProblem(await create(undefined, { body: png().subarray(0, 60) }), 'invalid_request')
  await expectProblem(await create(undefined, { body: png(1, [[1, 2, 3, 255]]) }), 'color_not_in_palette')
  expect((await create(undefined, { body: png(2, [[1, 2, 3, 127], red]) })).status).toBe(201)
  await expectProblem(await create(undefined, { body: png(1, [clear]) }), 'out_of_bounds')
  await expectProblem(await create(undefined, { body: new Uint8Array(templateLimits.maxBytes + 1) }), 'too_large')
  await expectProblem(await create(undefined, { headers: { 'content-type': 'image/gif' } }), 'unsupported_media_type')
  const size = (width: number, height: number) =>
    pngOf([headerChunk({ width, height, kind: 'gray', depth: 8 }), { type: 'IDAT', data: new Uint8Array(9) }, endChunk])
  expect((await expectProblem(await create(undefined, { body: size(1_024, 1_025) }), 'too_large')).detail).toContain('1048576')
  await expectProblem(await create(undefined, { body: size(1_048_577, 1) }), 'too_large')
  await expectProblem(await create(undefined, { body: size(4_294_967_295, 4_294_967_295) }), 'too_large')
  // The pixels are not inflated before the size is known.
  await expectProblem(await create(undefined, { body: size(1_024, 1_024) }), 'invalid_request')
})

test('T16 the owner and staff change and remove a template, and nobody else', async () => {
  const { create, send, get, painter, store, sequence } = await setUp()
  const [owner, other] = [await painter(), await painter()]
  const { id, by } = await bodyOf(await create(undefined, { headers: owner }))
  const path = `/api/templates/${id}`
  for (const method of ['PUT', 'DELETE']) {
    await expectProblem(await send(method, `${path}?name=Mine`, { body: null }), 'forbidden')
    await expectProblem(await send(method, `${path}?name=Mine`, { body: null, headers: other }), 'forbidden')
  }
  const moved = await send('PUT', `${path}?x=-1&y=0`, { body: null, headers: { ...owner, 'if-match': '1' } })
  expect(await bodyOf(moved)).toMatchObject({ rev: 2, name: 'Dragon', x: -1, y: 0, width: 2 })
  await expectProblem(await send('PUT', `${path}?x=5`, { body: null, headers: { ...owner, 'if-match': '1' } }), 'stale_rev')
  await expectProblem(await send('PUT', `${path}?x=200`, { body: null, headers: owner }), 'out_of_bounds')
  const replaced = await send('PUT', `${path}?name=Cat`, { body: png(3, [red, red, red]), headers: asAdmin })
  expect(await bodyOf(replaced)).toMatchObject({ rev: 3, name: 'Cat', x: -1, width: 3, height: 1, by })
  expect((await get(`${path}/picture.png?rev=3`)).status).toBe(200)
  expect((await send('DELETE', path, { body: null, headers: asAdmin })).status).toBe(204)
  await expectProblem(await get(path), 'not_found')
  const acts = await store.readActs({ before: null, limit: 10 })
  expect(acts.map(({ action, target, outcome, details }) => [action, target, outcome, details['name']])).toEqual([
    ['canvas.remove_template', 'main', 'done', 'Cat'],
    ['canvas.change_template', 'main', 'done', 'Dragon'],
  ])
  await sequence()
  const log = await store.getUnpublished({ limit: 10 })
  expect(log.map(({ content }) => JSON.parse(new TextDecoder().decode(content?.bytes)).template)).toEqual([
    ...[1, 2, 3, null].map((rev) => ({ id, rev })),
  ])
})

test('T16 the canvas says who may upload', async () => {
  for (const [templates, guest, staff] of [
    ['everyone', 201, 201],
    ['staff', 403, 201],
    ['off', 403, 403],
  ] as const) {
    const { create } = await setUp({ canvas: { templates } })
    expect([(await create()).status, (await create(undefined, { headers: asAdmin })).status]).toEqual([guest, staff])
  }
})

test('T16 a painter has at most 10 templates on a canvas, and staff may have more', async () => {
  const { create, painter, send } = await setUp()
  const owner = await painter()
  const ids: string[] = []
  for (let n = 0; n < 10; n++) ids.push((await bodyOf(await create(`name=T${n}&x=0&y=0`, { headers: owner }))).id)
  expect((await expectProblem(await create(undefined, { headers: owner }), 'template_limit')).detail).toContain('10')
  expect((await create(undefined, { headers: asAdmin })).status).toBe(201)
  expect((await create(undefined, { headers: await painter() })).status).toBe(201)
  expect((await send('DELETE', `/api/templates/${ids[0]}`, { body: null, headers: owner })).status).toBe(204)
  expect((await create(undefined, { headers: owner })).status).toBe(201)
})

test('T16 staff lists all templates with who uploaded them, and a painter the own ones', async () => {
  const { create, painter, get } = await setUp()
  const [one, two] = [await painter(), await painter()]
  const mine = await bodyOf(await create('name=One&x=0&y=0', { headers: one }))
  const other = await bodyOf(await create('name=Two&x=0&y=0', { headers: two }))
  const listed = async (headers: Record<string, string>) => (await bodyOf(await get('/api/canvases/main/templates', headers))).templates
  expect(await listed(one)).toEqual([mine])
  expect(await listed({})).toEqual([])
  expect(await listed(asAdmin)).toEqual(expect.arrayContaining([mine, other]))
  await expectProblem(await get('/api/canvases/none/templates'), 'canvas_not_found')
})

test('T17 the progress is unknown until the template is counted, then it is that of the board, with a pace after 30 minutes', async () => {
  const { create, get, post, store, clock, sequence } = await setUp()
  const { id } = await bodyOf(await create('name=Dragon&x=0&y=0'))
  const progress = async () => {
    clock.nowMs += 1_000
    return bodyOf(await get(`/api/templates/${id}/progress`))
  }
  const none = { right: null, wrong: null, missing: null, total: null, colors: [], pace: null, etaMs: null }
  expect(await progress()).toEqual({ id, rev: 1, counted: false, ...none })
  const projection = new TemplateProjection({ store, now: () => clock.nowMs })
  const count = async () => {
    await sequence()
    const canvas = (await store.getCanvas(testCanvas().id)) ?? testCanvas()
    await projection.catchUp(canvas, await store.readHeads(canvas.id))
  }
  await post('/api/pixels', { gx: 0, gy: 0, color: 2 })
  await count()
  const figures = { right: 0, wrong: 1, missing: 2, total: 3 }
  const colors = [
    { color: 1, right: 0, wrong: 1, missing: 1, total: 2 },
    { color: 3, right: 0, wrong: 0, missing: 1, total: 1 },
  ]
  expect(await progress()).toEqual({ id, rev: 1, counted: true, ...figures, colors, pace: null, etaMs: null })
  clock.nowMs += 3_600_000
  await post('/api/pixels', { gx: 0, gy: 0, color: 1 })
  await count()
  const after = await progress()
  expect(after).toMatchObject({ right: 1, wrong: 0, missing: 2, pace: 1 })
  expect(Math.round(after.etaMs / 60_000)).toBe(120)
  await expectProblem(await get('/api/templates/none/progress'), 'not_found')
})

test('T16 a board that was started over has none of its templates', async () => {
  const { create, get, post, send } = await setUp()
  const { id } = await bodyOf(await create())
  expect((await post('/api/admin/canvases/main/start-over', { confirm: 'main' }, { ...asAdmin, 'if-match': '1' })).status).toBeLessThan(300)
  await expectProblem(await get(`/api/templates/${id}`), 'not_found')
  await expectProblem(await send('PUT', `/api/templates/${id}?x=1`, { body: null, headers: asAdmin }), 'not_found')
})
