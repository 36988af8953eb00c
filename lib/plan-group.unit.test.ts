import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asCanvasId } from './brand.ts'
import { canvasOf, painterOf } from './canvas.fixture.ts'
import { type ChargeState, refill } from './charges.ts'
import { maxCommitPixels, placementId } from './commit.ts'
import { decide } from './decide.ts'
import { pointOf } from './geometry.ts'
import { firstCommitId, type GroupPlan, type PixelOutcome, type PlaceRequest, type RequestOutcome } from './plan-group.ts'
import { GroupModel, inLogOrder } from './plan-group-model.fixture.ts'

const slow = canvasOf()
const free = canvasOf({ id: asCanvasId('free'), cooldownMs: 0, background: 2, width: 70, height: 130 })
const paused = canvasOf({ id: asCanvasId('paused'), state: 'paused' })
const canvases = [slow, free, paused]

/** Few places on two tiles and beyond the edges, so that groups collide. */
const pixels = fc.record({
  gx: fc.constantFrom(0, 1, 63, 64, 69, 99, 100, -1),
  gy: fc.constantFrom(0, 1, 69, 70),
  color: fc.constantFrom<string | number>(0, 1, 2, 3, '#0000ff', 4, '#123456'),
})
const request: fc.Arbitrary<PlaceRequest> = fc
  .record({
    painter: fc.constantFrom('ann', 'ben', 'eve').map((name) => painterOf(name, 50_000)),
    canvas: fc.constantFrom('main', 'main', 'free', 'free', 'paused', 'nowhere').map(asCanvasId),
    pixels: fc.array(pixels, { minLength: 1, maxLength: 6 }),
    byOperator: fc.integer({ min: 0, max: 5 }).map((dice) => dice === 0),
    idempotency: fc.option(fc.record({ key: fc.constantFrom('a', 'b', 'a/b'), fingerprint: fc.constantFrom('one', 'one', 'two') }), {
      nil: null,
    }),
  })
  .map(({ byOperator, idempotency, ...rest }) => ({
    ...rest,
    cause: byOperator ? 'picture' : 'paint',
    ...(byOperator ? { byOperator } : {}),
    ...(idempotency ? { idempotency } : {}),
  }))
/** Clocks that go forward mostly, and back sometimes. */
const groups = fc
  .array(
    fc.record({
      stepMs: fc.integer({ min: -2_000, max: 4_000 }),
      requests: fc.array(request, { minLength: 1, maxLength: 8, size: 'max' }),
    }),
    { minLength: 1, maxLength: 5, size: 'max' },
  )
  .map((steps) => {
    let nowMs = 50_000
    return steps.map(({ stepMs, requests }) => {
      nowMs += stepMs
      return { nowMs, requests }
    })
  })

const paint = (change: Partial<PlaceRequest> = {}): PlaceRequest => ({
  painter: painterOf('ann'),
  canvas: free.id,
  pixels: [{ gx: 0, gy: 0, color: 1 }],
  cause: 'paint',
  ...change,
})

const accepted = (outcome: RequestOutcome | undefined) =>
  outcome?.kind === 'done' ? outcome.results.flatMap((result) => (result.ok ? [result.placement] : [])) : []
const codeOf = (outcome: RequestOutcome | undefined) => (outcome?.kind === 'refused' ? outcome.refusal.code : outcome?.kind)
const codesOf = (results: readonly PixelOutcome[]) => results.map((result) => (result.ok ? 'accepted' : result.refusal.code))

describe('the commits of any groups', () => {
  test('set no pixel twice, hold 1 to 4,096 pixels of one tile and one cause, and are named by the group and a count', () => {
    let commits = 0
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        for (const [i, { nowMs, requests }] of steps.entries()) {
          const plan = model.place(requests, nowMs)
          commits += plan.commits.length
          expect(plan.commits.map(({ id }) => id)).toEqual(plan.commits.map((_, n) => `group00${i}-${n.toString(36)}`))
          if (plan.commits[0]) expect(plan.commits[0].id).toBe(firstCommitId(`group00${i}`))
          for (const commit of plan.commits) {
            expect(commit.pixels.length).toBeGreaterThan(0)
            expect(commit.pixels.length).toBeLessThanOrEqual(maxCommitPixels)
            expect(new Set(commit.pixels.map(({ position }) => position)).size).toBe(commit.pixels.length)
          }
        }
      }),
    )
    expect(commits).toBeGreaterThan(100)
  })

  test('A4 fold, in log order, to the pixels that are written, and undone newest first give the board of before', () => {
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        for (const { nowMs, requests } of steps) {
          const before = model.colors()
          const plan = model.place(requests, nowMs)
          const log = inLogOrder(plan.commits)
          const board = new Map(before)
          const writes = new Map<string, unknown>()
          for (const { canvas, tile, pixels, atMs, cause } of log) {
            for (const { position, color, by } of pixels) {
              board.set(`${canvas} ${tile} ${position}`, color)
              writes.set(`${canvas} ${tile} ${position}`, { canvas, tile, position, color, by, atMs, cause })
            }
          }
          expect(model.colors()).toEqual(board)
          expect(plan.pixels).toHaveLength(writes.size)
          expect(new Set(plan.pixels)).toEqual(new Set(writes.values()))
          for (const { canvas, tile, pixels } of log.toReversed()) {
            for (const { position, color, previous } of pixels) {
              const name = `${canvas} ${tile} ${position}`
              expect(board.get(name)).toBe(color)
              board.set(name, previous)
            }
          }
          const background = (name: string) => (name.startsWith(free.id) ? free : slow).background
          for (const [name, color] of board) expect(color).toBe(before.get(name) ?? background(name))
        }
      }),
    )
  })

  test('carry times that rise on every pixel, in log order, and are not before the clock', () => {
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        for (const { nowMs, requests } of steps) {
          const times = new Map([...model.pixels].map(([name, { atMs }]) => [name, atMs]))
          const plan = model.place(requests, nowMs)
          for (const { canvas, tile, pixels, atMs } of inLogOrder(plan.commits)) {
            expect(atMs).toBeGreaterThanOrEqual(nowMs)
            for (const { position } of pixels) {
              const name = `${canvas} ${tile} ${position}`
              expect(atMs).toBeGreaterThan(times.get(name) ?? -1)
              times.set(name, atMs)
            }
          }
        }
      }),
    )
  })
})

describe('the outcomes of any groups', () => {
  test('A5 are those of deciding the pixels one by one, each with the charges that the ones before left', () => {
    let refused = 0
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        for (const { nowMs, requests } of steps) {
          const unkeyed = requests.map(({ idempotency: _, ...rest }): PlaceRequest => rest)
          const charges = new Map(model.charges)
          const plan = model.place(unkeyed, nowMs)
          for (const [i, { painter, canvas: id, pixels, byOperator = false }] of unkeyed.entries()) {
            const canvas = canvases.find((each) => each.id === id)
            const outcome = plan.outcomes[i]
            if (!canvas) {
              expect(codeOf(outcome)).toBe('canvas_not_found')
              continue
            }
            const decisions = pixels.map((pixel) => {
              const decision = decide({ canvas, painter, charges: charges.get(`${painter.id} ${id}`) ?? null, pixel, nowMs, byOperator })
              if (decision.ok && decision.charges) charges.set(`${painter.id} ${id}`, decision.charges)
              return decision
            })
            const codes = decisions.map((decision) => (decision.ok ? 'accepted' : decision.refusal.code))
            const placed = codes.filter((code) => code === 'accepted').length
            refused += codes.length - placed
            expect(outcome).toMatchObject({ kind: 'done', placed })
            if (outcome?.kind === 'done') {
              expect(codesOf(outcome.results)).toEqual(byOperator ? codes.filter((code) => code !== 'accepted') : codes)
            }
          }
          expect(model.charges).toEqual(charges)
        }
      }),
    )
    expect(refused).toBeGreaterThan(100)
  })

  test('A5 let no painter place more than the starting charges and what has grown since their first pixel', () => {
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        const placed = new Map<string, { count: number; firstMs: number }>()
        let latestMs = 0
        for (const { nowMs, requests } of steps) {
          latestMs = Math.max(latestMs, nowMs)
          const plan = model.place(requests, nowMs)
          for (const { canvas, cause, pixels } of plan.commits) {
            if (canvas !== slow.id || cause !== 'paint') continue
            for (const { by } of pixels) {
              const known = placed.get(by) ?? { count: 0, firstMs: nowMs }
              placed.set(by, { ...known, count: known.count + 1 })
            }
          }
          for (const { count, firstMs } of placed.values()) {
            expect(count).toBeLessThanOrEqual(slow.startCharges + Math.floor((latestMs - firstMs) / slow.cooldownMs))
          }
        }
      }),
    )
  })

  test('A1 name each accepted pixel by the commit and the index where it stands', () => {
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        for (const { nowMs, requests } of steps) {
          const unkeyed = requests.map(({ idempotency: _, ...rest }): PlaceRequest => rest)
          const plan = model.place(unkeyed, nowMs)
          const placements = plan.outcomes.flatMap(accepted)
          const expected = plan.commits.flatMap(({ id, canvas, tile, cause, atMs, pixels }) =>
            cause === 'picture'
              ? []
              : pixels.map(({ position, color }, index) => ({
                  id: placementId(id, index),
                  canvas,
                  tile,
                  atMs,
                  color,
                  ...pointOf(64, tile, position),
                })),
          )
          const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1)
          expect(placements.map(({ charges: _, ...rest }) => rest).toSorted(byId)).toEqual(expected.toSorted(byId))
          const counted = plan.outcomes.reduce((sum, outcome) => sum + (outcome.kind === 'done' ? outcome.placed : 0), 0)
          expect(counted).toBe(plan.commits.reduce((sum, commit) => sum + commit.pixels.length, 0))
        }
      }),
    )
  })

  test('of refused requests do not disturb their neighbours: without them the plan is the same', () => {
    let dropped = 0
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        for (const { nowMs, requests } of steps) {
          const whole = new GroupModel(canvases)
          const sifted = new GroupModel(canvases)
          for (const copy of [whole, sifted]) {
            for (const [name, value] of model.pixels) copy.pixels.set(name, value)
            for (const [name, value] of model.charges) copy.charges.set(name, value)
            for (const [name, value] of model.idempotencyRecords) copy.idempotencyRecords.set(name, value)
          }
          const plan = whole.place(requests, nowMs)
          const isGood = (_: unknown, i: number) =>
            codeOf(plan.outcomes[i]) === 'done' && (plan.outcomes[i] as { placed: number }).placed > 0
          dropped += requests.length - requests.filter(isGood).length
          const { outcomes, ...rest } = sifted.place(requests.filter(isGood), nowMs)
          expect({ outcomes, ...rest }).toEqual({ ...plan, outcomes: plan.outcomes.filter(isGood) })
          model.place(requests, nowMs)
        }
      }),
    )
    expect(dropped).toBeGreaterThan(100)
  })

  test('of one key are one, in a group and across groups, and another body is refused', () => {
    let repeated = 0
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        const firsts = new Map<string, { fingerprint: string; outcome: RequestOutcome }>()
        for (const { nowMs, requests } of steps) {
          const plan = model.place(requests, nowMs)
          for (const [i, { painter, idempotency, canvas }] of requests.entries()) {
            const outcome = plan.outcomes[i]
            if (!idempotency || !outcome || canvas === 'nowhere') continue
            const name = `${painter.id} ${idempotency.key}`
            const first = firsts.get(name)
            if (!first) {
              if (outcome.kind === 'done' && outcome.placed > 0) firsts.set(name, { fingerprint: idempotency.fingerprint, outcome })
            } else if (first.fingerprint === idempotency.fingerprint) {
              expect(outcome).toEqual(first.outcome)
              repeated++
            } else {
              expect(codeOf(outcome)).toBe('idempotency_key_reused')
            }
          }
          expect(model.idempotencyRecords).toEqual(firsts)
        }
      }),
    )
    expect(repeated).toBeGreaterThan(50)
  })
})

describe('one group', () => {
  test('makes one commit of what does not collide, and a later one for each time that a pixel is set again', () => {
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

  test('lifts a commit above the newest pixel that it overwrites, and the ones behind it with it', () => {
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

  test('keeps causes apart, also when they alternate on one pixel', () => {
    const picture = paint({ painter: painterOf('op'), cause: 'picture', byOperator: true })
    const { commits, outcomes } = new GroupModel(canvases).place([paint(), picture, paint(), picture], 1_000)
    expect(commits.map(({ cause }) => cause)).toEqual(['paint', 'picture', 'paint', 'picture'])
    expect(outcomes[1]).toEqual({ kind: 'done', placed: 1, results: [] })
  })

  test('never makes a commit of more than 4,096 pixels', () => {
    const canvas = canvasOf({ id: asCanvasId('large'), cooldownMs: 0, width: 1_000, height: 1_000, tileSize: 1_024 })
    const row = (gy: number) => Array.from({ length: 1_000 }, (_, gx) => ({ gx, gy, color: 1 }))
    const requests = Array.from({ length: 10 }, (_, gy) => paint({ canvas: canvas.id, pixels: row(gy) }))
    const { commits, pixels } = new GroupModel([canvas]).place(requests, 1_000)
    expect(commits.map((commit) => commit.pixels.length)).toEqual([4_096, 4_096, 1_808])
    expect(new Set(commits.map(({ atMs }) => atMs)).size).toBe(3)
    expect(pixels).toHaveLength(10_000)
  })

  test('gives each tile its own commits', () => {
    const wanted = [0, 64].flatMap((gx) => [0, 64, 128].map((gy) => ({ gx, gy, color: 1 })))
    const { commits } = new GroupModel(canvases).place([paint({ pixels: wanted })], 1_000)
    expect(commits.map(({ tile }) => tile)).toEqual([0, 256, 512, 1, 257, 513])
  })

  test('of nothing but refusals makes no commit and writes nothing', () => {
    const wrong = paint({ pixels: [{ gx: 70, gy: 0, color: 1 }], idempotency: { key: 'k', fingerprint: 'f' } })
    const { outcomes, ...rest } = new GroupModel(canvases).place([wrong, paint({ canvas: asCanvasId('nowhere') })], 1_000)
    expect(outcomes.map(codeOf)).toEqual(['done', 'canvas_not_found'])
    expect(rest).toEqual({ commits: [], pixels: [], charges: [], idempotencyRecords: [] })
  })

  test('A5 answers a batch pixel by pixel when the charges end half way', () => {
    const wanted = [0, 1, 2, 3, 4].map((gx) => ({ gx, gy: 0, color: 1 }))
    const model = new GroupModel(canvases)
    const { outcomes } = model.place([paint({ canvas: slow.id, painter: painterOf('new', 1_000), pixels: wanted })], 1_000)
    const [outcome] = outcomes
    if (outcome?.kind !== 'done') throw new Error('refused')
    expect(codesOf(outcome.results)).toEqual(['accepted', 'accepted', 'accepted', 'cooldown', 'cooldown'])
    expect(accepted(outcome).map(({ charges }) => charges.available)).toEqual([2, 1, 0])
    expect(refill(slow, model.charges.get(`p_new ${slow.id}`) as ChargeState, 1_000).count).toBe(0)
  })

  describe('with an allowance of the address', () => {
    const allowed = (pixels: number) => ({ key: 'here', pixels, retryAfterMs: 250 })
    const row = (gy: number) => [0, 1, 2].map((gx) => ({ gx, gy, color: 1 }))
    const request = (name: string, gy: number, pixels: number, more: Partial<PlaceRequest> = {}) =>
      paint({ canvas: slow.id, painter: painterOf(name), pixels: row(gy), allowance: allowed(pixels), ...more })
    const codesIn = (plan: GroupPlan) => plan.outcomes.map((outcome) => (outcome.kind === 'done' ? codesOf(outcome.results) : []))

    test('requests of one address share it, and what is beyond costs no charge', () => {
      const model = new GroupModel(canvases)
      const plan = model.place([request('a', 0, 4), request('b', 1, 4), paint({ canvas: slow.id, painter: painterOf('c') })], 1_000)
      expect(codesIn(plan)).toEqual([['accepted', 'accepted', 'accepted'], ['accepted', 'rate_limited', 'rate_limited'], ['accepted']])
      expect(model.charges.get(`p_b ${slow.id}`)?.count).toBe(slow.startCharges - 1)
      expect(codesIn(model.place([request('b', 1, 2)], 1_000))).toEqual([['accepted', 'accepted', 'cooldown']])
    })

    test('a pixel that is refused otherwise takes nothing of it, and says why', () => {
      const outside = { gx: 5_000, gy: 0, color: 1 }
      const wanted = [outside, { gx: 0, gy: 0, color: 1 }, outside]
      const plan = new GroupModel(canvases).place(
        [request('a', 0, 1, { pixels: wanted }), request('b', 0, 0, { pixels: [outside] })],
        1_000,
      )
      expect(codesIn(plan)).toEqual([['out_of_bounds', 'accepted', 'out_of_bounds'], ['out_of_bounds']])
    })

    test('an answer that is repeated for its key takes nothing of it', () => {
      const model = new GroupModel(canvases)
      const idempotency = { key: 'k', fingerprint: 'f' }
      const [first] = model.place([request('a', 0, 3, { idempotency })], 1_000).outcomes
      expect(model.place([request('a', 0, 0, { idempotency })], 1_000).outcomes).toEqual([first])
    })
  })
})
