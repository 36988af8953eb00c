/** Properties of `planGroup` for random groups of placements. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { asCanvasId } from './brand.ts'
import { painterOf } from './canvas.fixture.ts'
import { maxCommitPixels, placementId } from './commit.ts'
import { decide } from './decide.ts'
import { pointOf } from './geometry.ts'
import { firstCommitId, type PlaceRequest, type RequestOutcome } from './plan-group.ts'
import { accepted, canvases, codeOf, codesOf, free, GroupModel, inLogOrder, slow } from './plan-group-model.fixture.ts'

/** Few positions on two tiles and beyond the edges, so that placements often collide. */
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
/** The clock mostly goes forward and sometimes back. */
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

describe('the commits of random groups', () => {
  test('have 1 to 4,096 pixels, set no position twice, and have ids of the group id and a number', () => {
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

  test('A4 fold to the written pixels, and undoing them newest first restores the previous board', () => {
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

  test('have times that ascend at each position in log order and are not before the clock', () => {
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

describe('the outcomes of random groups', () => {
  test('A5 equal decisions pixel by pixel, each with the charges that the pixels before have left', () => {
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

  test('A5 let no painter place more than the start charges and the charges grown since the first pixel', () => {
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

  test('A1 give each accepted pixel the id of its commit and its index in it', () => {
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

  test('are the same without the refused requests', () => {
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

  test('are the same for each request with the same key, and another body with that key is refused', () => {
    let repeated = 0
    fc.assert(
      fc.property(groups, (steps) => {
        const model = new GroupModel(canvases)
        const firsts = new Map<string, { fingerprint: string; canvas: string; outcome: RequestOutcome }>()
        for (const { nowMs, requests } of steps) {
          const plan = model.place(requests, nowMs)
          for (const [i, { painter, idempotency, canvas }] of requests.entries()) {
            const outcome = plan.outcomes[i]
            if (!idempotency || !outcome || canvas === 'nowhere') continue
            const name = `${painter.id} ${idempotency.key}`
            const first = firsts.get(name)
            if (!first) {
              if (outcome.kind === 'done' && outcome.placed > 0) firsts.set(name, { fingerprint: idempotency.fingerprint, canvas, outcome })
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
