/** Boards of the past, the history of a pixel, and statistics, over HTTP. */
import { decode } from 'fast-png'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ageCode } from '../../lib/ages.ts'
import { asTile } from '../../lib/brand.ts'
import { silentLogger } from '../observability/log.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { SnapshotProjection } from '../projecting/snapshot-projection.ts'
import { paint, testCanvas, updateCanvas } from '../store/store.fixture.ts'
import { type Fixture, startApi } from './api.fixture.ts'

let api: Fixture
beforeEach(async () => {
  api = await startApi()
})
afterEach(() => api.close())

const place = async (gx: number, gy: number, color: number) => {
  api.clock.nowMs += 1_000
  expect((await api.post('/api/pixels', { gx, gy, color })).status).toBe(201)
  await api.sequence()
}
/** Updates the projections to the end of the log. */
const project = async () => {
  const { store, canvases } = api
  const canvas = await canvases.get('main')
  if (!canvas) throw new Error('no canvas')
  const tails = await store.readHeads(canvas.id)
  for (const name of ['history', 'stats', 'profiles'] as const)
    await new LogProjection({ name, store, logger: silentLogger }).catchUp(canvas, tails)
  await new SnapshotProjection({ store, now: () => api.clock.nowMs }).catchUp(canvas, tails)
}

describe('a board of the past', () => {
  const board = async (query: string) => {
    const response = await api.get(`/api/canvases/main/tiles/0/board${query}`)
    if (response.status !== 200) return [response.status, (await response.json()).code]
    const bytes = new Uint8Array(await response.arrayBuffer())
    expect(bytes).toHaveLength(64 * 64)
    return [Number(response.headers.get('fresco-seq')), bytes[0], response.headers.get('etag')]
  }

  test('A4 is the board at the given seq, with and without a snapshot', async () => {
    for (const color of [1, 2, 3]) await place(0, 0, color)
    const all = async () => [await board('?seq=0'), await board('?seq=1'), await board('?seq=2'), await board('?seq=3')]
    const expected = [0, 1, 2, 3].map((seq) => [seq, seq, `W/"epoch001-${seq}"`])
    expect(await all()).toEqual(expected)
    await project()
    expect(
      await api.store.projections.listSnapshots({ canvas: (await api.canvases.get('main'))?.id as never, tile: asTile(0) }),
    ).toHaveLength(1)
    await place(1, 0, 1)
    expect(await all()).toEqual(expected)
    expect(await board('?seq=4')).toEqual([4, 3, 'W/"epoch001-4"'])
    expect(await board('')).toEqual([4, 3, 'W/"epoch001-4"'])
  })

  test('is the board at the given time', async () => {
    for (const color of [1, 2, 3]) await place(0, 0, color)
    await project()
    expect(await board('?at=2025-12-31T23:59:59Z')).toEqual([0, 0, 'W/"epoch001-0"'])
    expect(await board('?at=2026-01-01T00:00:02Z')).toEqual([2, 2, 'W/"epoch001-2"'])
    expect(await board('?at=2026-01-01T01:00:02.999%2B01:00')).toEqual([2, 2, 'W/"epoch001-2"'])
    expect(await board('?at=2099-01-01T00:00:00Z')).toEqual([3, 3, 'W/"epoch001-3"'])
  })

  test.each([
    '?seq=2',
    '?seq=-1',
    '?seq=x',
    '?seq=',
    '?seq=1.5',
    '?at=yesterday',
    '?at=2026-01-01',
    '?at=2026-13-01T00:00:00Z',
    '?at=2026-02-29T00:00:00Z',
    '?at=2026-02-30T00:00:00Z',
    '?seq=1&at=2026-01-01T00:00:00Z',
  ])('%s is refused with a reason', async (query) => {
    await place(0, 0, 1)
    expect(await board(query)).toEqual([400, 'invalid_request'])
  })

  test('is refused when no snapshot and no log is old enough', async () => {
    for (const color of [1, 2, 3]) await place(0, 0, color)
    await project()
    await api.store.markAsPublished(await api.store.getUnpublished({ limit: 10 }), 1)
    await api.store.trim({ publishedBeforeMs: 2, keysBeforeMs: 0 })
    expect([await board('?seq=2'), await board('?seq=3')]).toEqual([
      [410, 'log_trimmed'],
      [3, 3, 'W/"epoch001-3"'],
    ])
  })
})

describe('the history of a pixel', () => {
  const history = async (gx = 0, gy = 0) => (await api.get(`/api/canvases/main/pixels/${gx}/${gy}`)).json()

  test('is complete at once, whether it is projected or not', async () => {
    await place(0, 0, 1)
    const one = await history()
    expect(one).toMatchObject({ color: '#FF0000', history: [{ color: '#FF0000', cause: 'paint', at: '2026-01-01T00:00:01.000Z' }] })
    expect(Object.keys(one.history[0]).sort()).toEqual(['at', 'by', 'cause', 'color', 'retracted'])
    expect(one.history[0].by).toEqual(one.by)
    await project()
    await place(0, 0, 2)
    await place(1, 0, 3)
    const colors = async () => (await history()).history.map(({ color }: { color: string }) => color)
    expect(await colors()).toEqual(['#00FF00', '#FF0000'])
    await project()
    expect(await colors()).toEqual(['#00FF00', '#FF0000'])
    api.clock.nowMs += 1_000
    await api.post('/api/pixels', { gx: 0, gy: 0, color: 0 })
    expect(await colors(), 'also before it has a seq').toEqual(['#FFFFFF', '#00FF00', '#FF0000'])
    expect((await history(5, 5)).history).toEqual([])
  })

  test('A2 has no gap while several placements wait for their seqs, nor where part of it is read from the log', async () => {
    await place(0, 0, 1)
    await project()
    await place(0, 0, 2)
    for (const color of [3, 0, 1]) {
      api.clock.nowMs += 1_000
      await api.post('/api/pixels', { gx: 0, gy: 0, color })
    }
    await api.post('/api/pixels', { gx: 1, gy: 0, color: 3 })
    const { color, at, history: entries } = await history()
    const colors = entries.map((entry: { color: string }) => entry.color)
    expect(colors).toEqual(['#FF0000', '#FFFFFF', '#0000FF', '#00FF00', '#FF0000'])
    expect({ color, at }).toEqual({ color: entries[0].color, at: entries[0].at })
    expect(entries[0].cause).toBe('paint')
  })

  test('has at most fifty entries', async () => {
    for (let i = 0; i < 60; i++) {
      if (i === 40) await project()
      await place(0, 0, i % 4)
    }
    const { history: entries } = await history()
    expect(entries).toHaveLength(50)
    expect(entries[0].at).toBe('2026-01-01T00:01:00.000Z')
    expect(entries[49].at).toBe('2026-01-01T00:00:11.000Z')
  })

  test('I1: older entries come in pages, from the projection and before it', async () => {
    for (let i = 0; i < 101; i++) {
      if (i === 90) await project()
      await place(0, 0, i % 4)
    }
    const times: string[] = []
    for (let before = '', more = true; more; ) {
      const page = await (await api.get(`/api/canvases/main/pixels/0/0${before}`)).json()
      expect(page).toMatchObject({ color: '#FFFFFF', at: '2026-01-01T00:01:41.000Z' })
      times.push(...page.history.map(({ at }: { at: string }) => at))
      before = `?before=${times.at(-1)}`
      ;({ more } = page)
    }
    expect(times).toEqual(Array.from({ length: 101 }, (_, i) => new Date(Date.parse('2026-01-01T00:01:41Z') - i * 1_000).toISOString()))
    expect(await (await api.get('/api/canvases/main/pixels/0/0?before=2020-01-01T00:00:00Z')).json()).toMatchObject({
      history: [],
      more: false,
    })
    expect((await api.get('/api/canvases/main/pixels/0/0?before=yesterday')).status).toBe(400)
  })
})

describe('stats', () => {
  test('list painters, minutes and areas', async () => {
    const { token, painter } = await (await api.post('/api/tokens')).json()
    const authorization = `Bearer ${token}`
    const pixels = [
      { gx: 0, gy: 0, color: 1 },
      { gx: 99, gy: 69, color: 1 },
      { gx: 17, gy: 0, color: 1 },
    ]
    await api.send('POST', '/api/pixels/batch', { json: { pixels }, headers: { authorization } })
    api.clock.nowMs += 60_000
    await api.post('/api/pixels', { gx: 17, gy: 0, color: 2 })
    await api.sequence()
    await project()
    api.clock.nowMs += 60_000
    const answer = await api.get('/api/canvases/main/stats')
    const { painters, perMinute, activity } = await answer.json()
    expect(answer.status).toBe(200)
    expect(painters).toMatchObject([
      { by: { id: painter.id, name: painter.name }, placed: 3, standing: 2 },
      { placed: 1, standing: 1 },
    ])
    expect(perMinute).toHaveLength(1_440)
    expect(perMinute.slice(-3)).toEqual([
      { at: '2026-01-01T00:00:00.000Z', placed: 3 },
      { at: '2026-01-01T00:01:00.000Z', placed: 1 },
      { at: '2026-01-01T00:02:00.000Z', placed: 0 },
    ])
    expect([activity.cell, activity.width, activity.height, activity.counts.length]).toEqual([16, 7, 5, 35])
    expect([activity.counts[0], activity.counts[1], activity.counts[34]]).toEqual([1, 2, 1])
  })

  test('?minutes has the last minutes alone', async () => {
    await place(0, 0, 1)
    await project()
    const { perMinute, ...rest } = await (await api.get('/api/canvases/main/stats?minutes=3')).json()
    expect([perMinute.map(({ placed }: { placed: number }) => placed), rest]).toEqual([[0, 0, 1], {}])
    for (const minutes of ['0', '1441', 'x']) expect((await api.get(`/api/canvases/main/stats?minutes=${minutes}`)).status).toBe(400)
  })

  test('are empty for an empty canvas, and 404 for an unknown one', async () => {
    const { painters, activity } = await (await api.get('/api/canvases/main/stats')).json()
    expect([painters, activity.counts.every((count: number) => count === 0)]).toEqual([[], true])
    expect((await api.get('/api/canvases/nowhere/stats')).status).toBe(404)
  })
})

describe('ages', () => {
  test('H1 have a byte for each position: how long ago it was painted', async () => {
    await place(5, 0, 1)
    api.clock.nowMs += 3_600_000
    await place(6, 0, 2)
    const answer = await api.get('/api/canvases/main/tiles/0/ages')
    const bytes = new Uint8Array(await answer.arrayBuffer())
    expect([answer.status, bytes.length, bytes[4], bytes[5], bytes[6]]).toEqual([200, 64 * 64, 0, ageCode(3_601_000), ageCode(0)])
    expect(answer.headers.get('fresco-epoch')).toBe('epoch001')
    expect(answer.headers.get('fresco-at')).toBe(new Date(api.clock.nowMs).toISOString())
    expect(answer.headers.get('access-control-expose-headers')).toContain('Fresco-At')
    expect((await api.get('/api/canvases/main/tiles/0/ages', { 'accept-encoding': 'br' })).headers.get('content-encoding')).toBe('br')
  })

  test('H1 of a tile or a canvas that is not there are not found', async () => {
    for (const [path, code] of [
      ['main/tiles/9/ages', 'tile_not_found'],
      ['main/tiles/x/ages', 'invalid_request'],
      ['nowhere/tiles/0/ages', 'canvas_not_found'],
    ]) {
      expect((await (await api.get(`/api/canvases/${path}`)).json()).code).toBe(code)
    }
  })
})

describe('after growth', () => {
  /** Four colors and 100 × 70 pixels become five colors and 200 × 130. */
  const grow = async () => {
    await place(99, 69, 3)
    await updateCanvas(api.store, { width: 200, height: 130, palette: [...testCanvas().palette, '#123456'] })
  }

  test('B2 the picture, past boards, statistics and pixels include what is new', async () => {
    await grow()
    await place(199, 129, 4)
    await place(0, 0, 4)
    await project()
    const png = decode(new Uint8Array(await (await api.get('/api/canvases/main/board.png')).arrayBuffer()))
    expect([png.width, png.height, png.depth, png.palette?.length]).toEqual([200, 130, 4, 5])
    const at = (gx: number, gy: number) => ((png.data[gy * 100 + (gx >> 1)] ?? 0) >> (gx % 2 === 0 ? 4 : 0)) & 15
    expect([at(0, 0), at(99, 69), at(199, 129), at(198, 129)]).toEqual([4, 3, 4, 0])
    const { activity } = await (await api.get('/api/canvases/main/stats')).json()
    expect([activity.width, activity.height, activity.counts[0], activity.counts.at(-1)]).toEqual([13, 9, 1, 1])
    for (const [query, seq] of [
      ['?seq=0', 0],
      ['?seq=1', 1],
      ['?at=2025-12-31T00:00:00Z', 0],
    ] as const) {
      const past = await api.get(`/api/canvases/main/tiles/515/board${query}`)
      const bytes = new Uint8Array(await past.arrayBuffer())
      expect([past.status, Number(past.headers.get('fresco-seq')), bytes[64 + 7]]).toEqual([200, seq, seq === 0 ? 0 : 4])
    }
    const pixel = await (await api.get('/api/canvases/main/pixels/199/129')).json()
    expect(pixel).toMatchObject({ color: '#123456', history: [{ color: '#123456' }] })
    expect(await (await api.get('/api/canvases/main/pixels/199/128')).json()).toMatchObject({ color: '#FFFFFF', by: null })
  })

  test('B2 a process whose copy of the canvas is a second old answers for the new tiles and colors', async () => {
    const old = await api.canvases.get('main')
    await grow()
    // Another process places, so that nothing here forgets the old canvas.
    const { store } = api
    const pixels = [
      { gx: 199, gy: 129, color: 4 },
      { gx: 1, gy: 1, color: 4 },
    ]
    await store.place({ id: 'elsewhere000', requests: [paint(pixels)], nowMs: api.clock.nowMs })
    await api.sequence()
    expect((await api.canvases.get('main'))?.rev).toBe(old?.rev)
    expect(await (await api.get('/api/canvases/main/pixels/1/1')).json()).toMatchObject({ color: '#123456' })
    expect(await (await api.get('/api/canvases/main/pixels/199/129')).json()).toMatchObject({ color: '#123456' })
  })

  test('B2 a process whose copy of the canvas is a moment old answers for the new tiles', async () => {
    const old = await api.canvases.get('main')
    await grow()
    api.clock.nowMs += 100
    expect((await api.canvases.get('main'))?.rev).toBe(old?.rev)
    expect((await api.get('/api/canvases/main/tiles/515/board')).status).toBe(200)
    expect((await api.get('/api/canvases/main/tiles/515/commits')).status).toBe(200)
    expect((await api.get('/api/canvases/main/tiles/516/board')).status).toBe(404)
  })
})
