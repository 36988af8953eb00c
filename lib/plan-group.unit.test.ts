import { describe, expect, test } from 'vitest'
import { asCanvasId } from './brand.ts'
import { canvasOf, painterOf } from './canvas.fixture.ts'
import { type ChargeState, refill } from './charges.ts'
import type { GroupPlan, PlaceRequest } from './plan-group.ts'
import { accepted, canvases, codeOf, codesOf, free, GroupModel, slow } from './plan-group-model.fixture.ts'

const paint = (change: Partial<PlaceRequest> = {}): PlaceRequest => ({
  painter: painterOf('ann'),
  canvas: free.id,
  pixels: [{ gx: 0, gy: 0, color: 1 }],
  cause: 'paint',
  ...change,
})

describe('a group', () => {
  test('makes one commit of pixels at different positions, and a later commit each time a position is set again', () => {
    const at = (gx: number, color: number) => paint({ pixels: [{ gx, gy: 0, color }] })
    const { commits, pixels } = new GroupModel(canvases).place([at(0, 1), at(1, 1), at(0, 3), at(2, 1), at(0, 0)], 1_000)
    expect(
      commits.map(({ pixels: set, atMs }) => [atMs, ...set.map(({ position, previous, color }) => [position, previous, color])]),
    ).toEqual([
      [1_000, [0, 2, 1], [1, 2, 1], [2, 2, 1]],
      [1_001, [0, 1, 3]],
      [1_002, [0, 3, 0]],
    ])
    expect(pixels.filter(({ position }) => position === 0)).toMatchObject([{ color: 0, atMs: 1_002 }])
  })

  test('gives a commit a later time than the pixels that it replaces, and raises the commits after it', () => {
    const model = new GroupModel(canvases)
    model.place([paint()], 9_000)
    const { commits } = model.place(
      [
        paint({
          pixels: [
            { gx: 5, gy: 5, color: 1 },
            { gx: 0, gy: 0, color: 3 },
          ],
        }),
        paint(),
      ],
      1_000,
    )
    expect(commits.map(({ atMs }) => atMs)).toEqual([9_001, 9_002])
  })

  test('makes a commit for each cause, even if causes alternate at one position', () => {
    const picture = paint({ painter: painterOf('op'), cause: 'picture', byOperator: true })
    const { commits, outcomes } = new GroupModel(canvases).place([paint(), picture, paint(), picture], 1_000)
    expect(commits.map(({ cause }) => cause)).toEqual(['paint', 'picture', 'paint', 'picture'])
    expect(outcomes[1]).toEqual({ kind: 'done', placed: 1, results: [] })
  })

  test('makes no commit with more than 4,096 pixels', () => {
    const canvas = canvasOf({ id: asCanvasId('large'), cooldownMs: 0, width: 1_000, height: 1_000, tileSize: 1_024 })
    const row = (gy: number) => Array.from({ length: 1_000 }, (_, gx) => ({ gx, gy, color: 1 }))
    const requests = Array.from({ length: 10 }, (_, gy) => paint({ canvas: canvas.id, pixels: row(gy) }))
    const { commits, pixels } = new GroupModel([canvas]).place(requests, 1_000)
    expect(commits.map((commit) => commit.pixels.length)).toEqual([4_096, 4_096, 1_808])
    expect(new Set(commits.map(({ atMs }) => atMs)).size).toBe(3)
    expect(pixels).toHaveLength(10_000)
  })

  test('makes separate commits for each tile', () => {
    const wanted = [0, 64].flatMap((gx) => [0, 64, 128].map((gy) => ({ gx, gy, color: 1 })))
    const { commits } = new GroupModel(canvases).place([paint({ pixels: wanted })], 1_000)
    expect(commits.map(({ tile }) => tile)).toEqual([0, 256, 512, 1, 257, 513])
  })

  test('with refusals only makes no commit and writes nothing', () => {
    const wrong = paint({ pixels: [{ gx: 70, gy: 0, color: 1 }], idempotency: { key: 'k', fingerprint: 'f' } })
    const { outcomes, ...rest } = new GroupModel(canvases).place([wrong, paint({ canvas: asCanvasId('nowhere') })], 1_000)
    expect(outcomes.map(codeOf)).toEqual(['done', 'canvas_not_found'])
    expect(rest).toEqual({ commits: [], pixels: [], charges: [], idempotencyRecords: [] })
  })

  test('A5 refuses only the pixels of a batch for which there is no charge', () => {
    const wanted = [0, 1, 2, 3, 4].map((gx) => ({ gx, gy: 0, color: 1 }))
    const model = new GroupModel(canvases)
    const { outcomes } = model.place([paint({ canvas: slow.id, painter: painterOf('new', 1_000), pixels: wanted })], 1_000)
    const [outcome] = outcomes
    if (outcome?.kind !== 'done') throw new Error('refused')
    expect(codesOf(outcome.results)).toEqual(['accepted', 'accepted', 'accepted', 'cooldown', 'cooldown'])
    expect(accepted(outcome).map(({ charges }) => charges.available)).toEqual([2, 1, 0])
    expect(refill(slow, model.charges.get(`p_new ${slow.id}`) as ChargeState, 1_000).count).toBe(0)
  })

  describe('with an address budget', () => {
    const allowed = (pixels: number) => ({ key: 'here', pixels, retryAfterMs: 250 })
    const row = (gy: number) => [0, 1, 2].map((gx) => ({ gx, gy, color: 1 }))
    const request = (name: string, gy: number, pixels: number, more: Partial<PlaceRequest> = {}) =>
      paint({ canvas: slow.id, painter: painterOf(name), pixels: row(gy), allowance: allowed(pixels), ...more })
    const codesIn = (plan: GroupPlan) => plan.outcomes.map((outcome) => (outcome.kind === 'done' ? codesOf(outcome.results) : []))

    test('requests of one address share it, and a pixel beyond it takes no charge', () => {
      const model = new GroupModel(canvases)
      const plan = model.place([request('a', 0, 4), request('b', 1, 4), paint({ canvas: slow.id, painter: painterOf('c') })], 1_000)
      expect(codesIn(plan)).toEqual([['accepted', 'accepted', 'accepted'], ['accepted', 'rate_limited', 'rate_limited'], ['accepted']])
      expect(model.charges.get(`p_b ${slow.id}`)?.count).toBe(slow.startCharges - 1)
      expect(codesIn(model.place([request('b', 1, 2)], 1_000))).toEqual([['accepted', 'accepted', 'cooldown']])
    })

    test('a pixel that is refused for another reason does not use it and keeps its reason', () => {
      const outside = { gx: 5_000, gy: 0, color: 1 }
      const wanted = [outside, { gx: 0, gy: 0, color: 1 }, outside]
      const plan = new GroupModel(canvases).place(
        [request('a', 0, 1, { pixels: wanted }), request('b', 0, 0, { pixels: [outside] })],
        1_000,
      )
      expect(codesIn(plan)).toEqual([['out_of_bounds', 'accepted', 'out_of_bounds'], ['out_of_bounds']])
    })

    test('a repeated answer does not use it', () => {
      const model = new GroupModel(canvases)
      const idempotency = { key: 'k', fingerprint: 'f' }
      const [first] = model.place([request('a', 0, 3, { idempotency })], 1_000).outcomes
      expect(model.place([request('a', 0, 0, { idempotency })], 1_000).outcomes).toEqual([first])
    })
  })
})
