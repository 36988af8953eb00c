/** The order of painters and their profiles, over HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { asCanvasId, asEpoch } from '../../lib/brand.ts'
import { planErasing } from '../../lib/erasing.ts'
import { silentLogger } from '../observability/log.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { logProjections } from '../store/projections-port.ts'
import { updateCanvas } from '../store/store.fixture.ts'
import { type Fixture, startApi } from './api.fixture.ts'

let api: Fixture
beforeEach(async () => {
  api = await startApi({ canvas: { cooldownMs: 0 } })
})
afterEach(() => api.close())

type Pixel = readonly [gx: number, gy: number, color: number]

/** A painter with a token, as programs are. `origin`: as a page requests it. */
const newPainter = async (origin?: string) => {
  const answer = await api.post('/api/tokens', undefined, origin === undefined ? {} : { origin })
  const { token, painter } = await answer.json()
  const place = async (pixels: readonly Pixel[]) => {
    const headers = { authorization: `Bearer ${token}` }
    const json = { pixels: pixels.map(([gx, gy, color]) => ({ gx, gy, color })) }
    expect((await api.send('POST', '/api/pixels/batch', { json, headers })).status).toBe(200)
  }
  return { id: painter.id as string, name: painter.name as string, place }
}
const row = (count: number, gy: number, color = 1): Pixel[] => Array.from({ length: count }, (_, gx) => [gx, gy, color])

const project = async () => {
  const { store, canvases } = api
  await api.sequence()
  const canvas = await canvases.get('main')
  if (!canvas) throw new Error('no canvas')
  const heads = await store.readHeads(canvas.id)
  for (const name of logProjections) await new LogProjection({ name, store, logger: silentLogger }).catchUp(canvas, heads)
  // Answers are kept for a second.
  api.clock.nowMs += 60_000
}
const board = async (period: string) => (await api.get(`/api/canvases/main/stats?period=${period}`)).json()
const profile = async (id: string) => (await api.get(`/api/canvases/main/painters/${id}`)).json()

describe('the leaderboard', () => {
  test('N1 has today and all time, placed and standing, and ties share a rank', async () => {
    const [ann, bob, cat] = [await newPainter(), await newPainter(), await newPainter()]
    await ann.place(row(5, 0))
    api.clock.nowMs += 86_400_000
    await bob.place(row(3, 1))
    await cat.place([...row(2, 0, 2), ...row(1, 2)])
    await project()
    const ranks = (rows: { rank: number; by: { id: string }; placed?: number; standing?: number }[]) =>
      rows.map(({ rank, by, placed, standing }) => [rank, by.id, placed ?? standing])
    const day = await board('day')
    expect(day).toMatchObject({ period: 'day', from: '2026-01-02T00:00:00.000Z', totals: { placed: 6, painters: 2, standing: 6 } })
    expect(day.countedAt).toBe('2026-01-02T00:01:00.000Z')
    const tied = [bob.id, cat.id].sort()
    expect(ranks(day.placed)).toEqual(tied.map((id) => [1, id, 3]))
    expect(ranks(day.standing)).toEqual(tied.map((id) => [1, id, 3]))
    const all = await board('all')
    expect(all).toMatchObject({ period: 'all', from: null, totals: { placed: 11, painters: 3, standing: 9 } })
    expect(ranks(all.placed)).toEqual([[1, ann.id, 5], ...tied.map((id) => [2, id, 3])])
    expect(ranks(all.standing)).toEqual([ann.id, bob.id, cat.id].sort().map((id) => [1, id, 3]))
  })

  test('N1 painters made by programs are bots, and those made by a page are not', async () => {
    const [program, page] = [await newPainter(), await newPainter(api.url)]
    await program.place(row(2, 0))
    await page.place(row(1, 1))
    await api.post('/api/pixels', { gx: 0, gy: 2, color: 1 })
    await project()
    expect((await board('all')).placed.map(({ bot }: { bot: boolean }) => bot)).toEqual([true, false, false])
    expect([(await profile(program.id)).bot, (await profile(page.id)).bot]).toEqual([true, false])
    expect(program.id).toMatch(/^p_bot[0-9a-z]{16}$/)
  })

  test('N1 repainting the same color earns nothing', async () => {
    const ann = await newPainter()
    await ann.place(row(3, 0))
    await ann.place(row(3, 0))
    await project()
    expect((await board('day')).placed).toMatchObject([{ by: { id: ann.id }, placed: 3 }])
  })

  test('is empty for an empty canvas and for one that is being erased, and refuses other periods', async () => {
    const empty = { totals: { placed: 0, painters: 0, standing: 0 }, placed: [], standing: [] }
    expect(await board('day')).toMatchObject(empty)
    expect(await board('week')).toMatchObject({ code: 'invalid_request', errors: [{ path: 'period' }] })
    expect((await api.get('/api/canvases/nowhere/stats?period=day')).status).toBe(404)
    const ann = await newPainter()
    await ann.place(row(3, 0))
    await project()
    const rev = (await api.canvases.get('main'))?.rev ?? 0
    const change = planErasing('start_over', asEpoch('epoch002'))
    await api.store.updateCanvas({ id: asCanvasId('main'), change, rev, groupId: 'erasing', nowMs: api.clock.nowMs })
    api.clock.nowMs += 60_000
    // The first answer may come from the canvas of a second ago.
    await board('all')
    api.clock.nowMs += 60_000
    expect(await board('all')).toMatchObject(empty)
    expect(await profile(ann.id)).toMatchObject({ all: { placed: { count: 0, rank: null } }, recent: [] })
  })
})

describe('a profile', () => {
  test('N1 has the rank and what is missing to the next one, also beyond the hundred', async () => {
    const first = await newPainter()
    await first.place(row(9, 0))
    const others = await Promise.all(Array.from({ length: 101 }, () => newPainter()))
    for (const [index, other] of others.entries()) await other.place([[index % 60, 1 + Math.floor(index / 60), 1]])
    const last = await newPainter()
    await last.place([[0, 0, 2]])
    await project()
    expect((await board('all')).placed).toHaveLength(100)
    const { all, day } = await profile(last.id)
    expect(all.placed).toMatchObject({ count: 1, rank: 2, next: 9 })
    expect(day).toEqual(all)
    expect((await profile(first.id)).all).toEqual({
      placed: { count: 9, rank: 1, next: null },
      standing: { count: 8, rank: 1, next: null },
    })
  })

  test('N1 has the colors, and the first and latest pixels', async () => {
    const ann = await newPainter()
    await ann.place([
      [4, 5, 1],
      [5, 5, 1],
    ])
    api.clock.nowMs += 10_000
    await ann.place([[99, 69, 3]])
    await project()
    const shown = await profile(ann.id)
    expect(shown).toMatchObject({
      painter: { id: ann.id, name: ann.name },
      from: '2026-01-01T00:00:00.000Z',
      colors: [{ placed: 2 }, { placed: 1 }],
      first: { gx: 4, gy: 5, at: '2026-01-01T00:00:00.000Z' },
      last: { gx: 99, gy: 69, at: '2026-01-01T00:00:10.000Z' },
    })
    expect(shown.recent.map(({ gx }: { gx: number }) => gx)).toEqual([99, 5, 4])
    expect(shown.colors.every(({ color }: { color: string }) => /^#[0-9A-F]{6}$/.test(color))).toBe(true)
  })

  test('N1 of somebody who has not painted is empty, and an id that nobody can have is not found', async () => {
    expect(await profile('p_nobody0123456789')).toMatchObject({
      all: { placed: { count: 0, rank: null, next: null }, standing: { count: 0, rank: null, next: null } },
      ...{ colors: [], first: null, last: null, recent: [] },
    })
    for (const id of ['x', 'p_', 'P_ABCDEF', `p_${'a'.repeat(41)}`, '%00']) expect((await profile(id)).code).toBe('not_found')
    expect((await api.get('/api/canvases/nowhere/painters/p_nobody')).status).toBe(404)
  })

  test('N1 a color that this process does not have yet is read anew', async () => {
    const ann = await newPainter()
    await ann.place([[0, 0, 1]])
    await profile(ann.id)
    const { palette } = (await api.canvases.get('main')) ?? { palette: [] }
    await updateCanvas(api.store, { palette: [...palette, '#123456'] })
    await ann.place([[0, 1, palette.length]])
    await project()
    expect((await profile(ann.id)).last).toMatchObject({ color: '#123456' })
  })
})
