/** Undoing placements over real connections. */
import { describe, expect, test } from 'vitest'
import { silentLogger } from '../observability/log.ts'
import { LogProjection } from '../projecting/log-projection.ts'
import { logProjections } from '../store/projections-port.ts'
import { updateCanvas } from '../store/store.fixture.ts'
import type { Fixture, FixtureOptions } from './api.fixture.ts'
import { bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

interface Painter {
  readonly id: string
  readonly name: string
}

const setUp = async (canvas: FixtureOptions['canvas'] = {}) => {
  const api = await start({ canvas: { cooldownMs: 60_000, maxCharges: 300, startCharges: 300, ...canvas } })
  const painter = async () => {
    const { token, painter: who } = (await bodyOf(await api.post('/api/tokens'))) as { token: string; painter: Painter }
    const headers = { authorization: `Bearer ${token}` }
    const place = async (gx: number, color: number, gy = 0) => {
      api.clock.nowMs += 10
      return bodyOf(await api.post('/api/pixels', { gx, gy, color }, headers))
    }
    const undo = (id: string) => api.post(`/api/placements/${id}/undo`, undefined, headers)
    const undoAll = (ids: unknown) => api.post('/api/placements/undo', { ids }, headers)
    return { who, headers, place, undo, undoAll }
  }
  return { api, ann: await painter(), bob: await painter() }
}

/** Updates the projections to the end of the log. */
const project = async ({ store, canvases, sequence }: Fixture) => {
  await sequence()
  const canvas = await canvases.get('main')
  if (!canvas) throw new Error('no canvas')
  const heads = await store.readHeads(canvas.id)
  for (const name of logProjections) await new LogProjection({ name, store, logger: silentLogger }).catchUp(canvas, heads)
}

describe('undoing one placement', () => {
  test('U3: answers with the color and the owner that stand since, and with the charges', async () => {
    const { api, ann, bob } = await setUp()
    await bob.place(5, 1)
    const { id, charges } = await ann.place(5, 2)
    expect(charges.available).toBe(299)
    const undone = await ann.undo(id)
    expect(undone.status).toBe(200)
    const at = new Date(api.clock.nowMs).toISOString().slice(0, -4)
    const shown = await bodyOf(undone)
    expect(shown).toMatchObject({ id, canvas: 'main', gx: 5, gy: 0, tile: 0, color: '#FF0000', by: bob.who })
    expect(shown.at.startsWith(at)).toBe(true)
    expect(shown.charges).toMatchObject({ available: 300, max: 300 })
    expect(Object.keys(shown).sort()).toEqual(['at', 'by', 'canvas', 'charges', 'color', 'gx', 'gy', 'id', 'tile'])
    expect(await bodyOf(await api.get('/api/me?canvas=main', ann.headers))).toMatchObject({ charges: { available: 300 } })
  })

  test('U3: the pixel, its history and the log show who stands, and nobody where the background shows', async () => {
    const { api, ann } = await setUp()
    const { id, at } = await ann.place(5, 2)
    expect(await bodyOf(await ann.undo(id))).toMatchObject({ color: '#FFFFFF', by: null })
    const pixel = await bodyOf(await api.get('/api/canvases/main/pixels/5/0'))
    expect(pixel).toMatchObject({ color: '#FFFFFF', by: null, at: null, more: false })
    expect(pixel.history).toMatchObject([
      { cause: 'undo', color: '#FFFFFF', by: null, retracted: null },
      { cause: 'paint', color: '#00FF00', by: ann.who, at, retracted: 'undo' },
    ])
    await api.sequence()
    const log = await bodyOf(await api.get('/api/canvases/main/tiles/0/commits'))
    expect(log.commits[1]).toMatchObject({ cause: 'undo', pixels: [{ gx: 5, color: 0, by: null }] })
    expect(Object.keys(log.painters)).toEqual([ann.who.id])
    await project(api)
    expect(await bodyOf(await api.get('/api/canvases/main/pixels/5/0'))).toEqual(pixel)
  })

  test('U3: the count of the painter goes down, and the minute and the area keep the pixel', async () => {
    const { api, ann, bob } = await setUp()
    await ann.place(1, 1)
    await bob.place(2, 1)
    await bob.undo((await bob.place(5, 2)).id)
    await ann.undo((await ann.place(6, 2)).id)
    await project(api)
    const stats = await bodyOf(await api.get('/api/canvases/main/stats'))
    expect(stats.painters).toHaveLength(2)
    expect(stats.painters).toContainEqual(expect.objectContaining({ by: ann.who, placed: 1, standing: 1 }))
    expect(stats.perMinute.at(-1).placed).toBe(4)
    expect(stats.activity.counts[0]).toBe(4)
    const profile = await bodyOf(await api.get(`/api/canvases/main/painters/${ann.who.id}`))
    expect(profile.recent).toHaveLength(1)
    expect(profile.colors).toEqual([{ color: '#FF0000', placed: 1 }])
  })

  test('U5: a repeat within ten minutes gets the first answer, whatever has happened since', async () => {
    const { api, ann, bob } = await setUp()
    const { id } = await ann.place(5, 2)
    const first = await bodyOf(await ann.undo(id))
    await bob.place(5, 1)
    await updateCanvas(api.store, { state: 'paused' })
    api.clock.nowMs += 300_000
    expect(await bodyOf(await ann.undo(id))).toEqual(first)
    expect((await bodyOf(await api.get('/api/canvases/main/pixels/5/0'))).by).toEqual(bob.who)
  })

  test('U2: refuses what cannot be undone, and changes nothing', async () => {
    const { api, ann, bob } = await setUp()
    const { id } = await ann.place(5, 2)
    await expectProblem(await bob.undo(id), 'forbidden')
    await expectProblem(await api.post(`/api/placements/${id}/undo`), 'unauthenticated')
    await expectProblem(await api.post(`/api/placements/${id}/undo`, undefined, { authorization: 'Bearer wrong' }), 'unauthenticated')
    for (const wrong of ['x', '%00', 'undo', `${id}x`, id.replace(/\.0$/, '.1'), 'zzzzzzzzzzzzzzzzzzzzz-0.0', 'constructor', '__proto__'])
      await expectProblem(await ann.undo(wrong), 'not_found')
    await bob.place(5, 1)
    await expectProblem(await ann.undo(id), 'painted_over')
    const { id: late } = await ann.place(6, 2)
    await updateCanvas(api.store, { state: 'paused' })
    await expectProblem(await ann.undo(late), 'canvas_paused')
    await updateCanvas(api.store, { state: 'open' })
    api.clock.nowMs += 10_001
    await expectProblem(await ann.undo(late), 'undo_expired')
    await updateCanvas(api.store, { undoMs: 0 })
    await expectProblem(await ann.undo((await ann.place(7, 2)).id), 'undo_expired')
    expect(await api.store.backlog(), 'four placements and three changes of the canvas').toMatchObject({ unsequenced: 7 })
  })

  test('U2: a picture and the pixel of an operator cannot be undone by a painter', async () => {
    const { api, ann } = await setUp()
    const outcome = await api.store.place({
      id: 'operator00000',
      requests: [
        {
          painter: { id: ann.who.id as never, createdAtMs: 0 },
          canvas: 'main' as never,
          pixels: [{ gx: 1, gy: 1, color: 1 }],
          cause: 'picture',
          byOperator: true,
        },
      ],
      nowMs: api.clock.nowMs,
    })
    expect(outcome).toMatchObject([{ kind: 'done', placed: 1 }])
    await expectProblem(await ann.undo('operator00000-0.0'), 'forbidden')
  })

  test('U5: an unknown outcome closes the connection without an answer', async () => {
    const { api, ann } = await setUp()
    const { id } = await ann.place(5, 2)
    api.store.isDown = true
    await expectProblem(await ann.undo(id), 'unavailable')
    api.store.isDown = false
    expect((await ann.undo(id)).status).toBe(200)
  })
})

describe('undoing a stroke', () => {
  test('U6: 256 placements are undone at once, with one result for each in order', async () => {
    const { api, ann, bob } = await setUp({ width: 256, height: 70 })
    const pixels = Array.from({ length: 256 }, (_, gx) => ({ gx, gy: 1, color: 1 }))
    const placed = await bodyOf(await api.post('/api/pixels/batch', { pixels }, ann.headers))
    const ids = placed.results.map(({ id }: { id: string }) => id)
    await bob.place(3, 2, 1)
    const { results } = await bodyOf(await ann.undoAll(ids))
    expect(results).toHaveLength(256)
    expect(results.map(({ gx, code }: { gx?: number; code?: string }) => code ?? gx)).toEqual(
      ids.map((_: string, gx: number) => (gx === 3 ? 'painted_over' : gx)),
    )
    expect(await bodyOf(await ann.undoAll(ids)), 'a repeat').toEqual({ results })
    expect(await bodyOf(await api.get('/api/me?canvas=main', ann.headers))).toMatchObject({ charges: { available: 299 } })
  })

  test('U6: a wrong body is refused as a whole, and wrong ids one by one', async () => {
    const { ann, api } = await setUp()
    const { id } = await ann.place(5, 2)
    const many = Array.from({ length: 257 }, () => id)
    for (const ids of [[], many, 'x', [7], [null], undefined, { 0: id }]) await expectProblem(await ann.undoAll(ids), 'invalid_request')
    await expectProblem(await api.send('POST', '/api/placements/undo', { body: '{', headers: ann.headers }), 'unsupported_media_type')
    await expectProblem(await api.post('/api/placements/undo', { ids: [id] }), 'unauthenticated')
    const { results } = await bodyOf(await ann.undoAll(['', 'constructor', id, id]))
    expect(results.map((result: { code?: string; color?: string }) => result.code ?? result.color)).toEqual([
      'not_found',
      'not_found',
      '#FFFFFF',
      '#FFFFFF',
    ])
  })

  test('U7: more than a minute allows is refused with the time to wait', async () => {
    const { api, ann } = await setUp({ maxCharges: 10, startCharges: 10, cooldownMs: 1, undoMs: 60_000 })
    const ids: string[] = []
    for (let index = 0; index < 31; index++) ids.push((await ann.place(index, 1)).id)
    const { results } = await bodyOf(await ann.undoAll(ids))
    expect(results.filter(({ code }: { code?: string }) => code === undefined)).toHaveLength(30)
    expect(results[0]).toMatchObject({ code: 'rate_limited', status: 429, retryAfterMs: 60_000 })
    await expectProblem(await ann.undo(String(ids[0])), 'rate_limited')
    expect((await bodyOf(await api.get('/api/canvases/main/pixels/0/0'))).by).toEqual(ann.who)
  })
})
