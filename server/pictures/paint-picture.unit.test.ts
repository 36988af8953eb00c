import { expect, test } from 'vitest'
import { tileOf } from '../../lib/geometry.ts'
import type { PlaceOutcome, PlaceRequest } from '../../lib/plan-group.ts'
import { testCanvas, testPainter } from '../store/store.fixture.ts'
import { maxWaitMs, type PaintPictureOptions, paintPicture } from './paint-picture.ts'
import { type Picture, paintsNothing } from './picture.ts'

const canvas = testCanvas({ width: 200, height: 150, tileSize: 128 })
const done = (placed: number): PlaceOutcome => ({ kind: 'done', placed, results: [] })
const refused = (code: 'unavailable' | 'overloaded' | 'canvas_not_found'): PlaceOutcome => ({
  kind: 'refused',
  refusal: { code, detail: 'Not now.' },
})

/** Saves every key once, unless `fault` returns another outcome. */
const createQueue = (fault: (request: PlaceRequest, attempt: number) => PlaceOutcome | Error | null = () => null) => {
  const saved = new Map<string, PlaceRequest>()
  const closing = new AbortController()
  let attempts = 0
  let running = 0
  let mostRunning = 0
  const commitQueue: PaintPictureOptions['commitQueue'] = {
    async place(request) {
      running++
      mostRunning = Math.max(mostRunning, running)
      await Promise.resolve()
      running--
      const answer = fault(request, attempts++)
      if (answer instanceof Error) throw answer
      if (answer) return answer
      saved.set(request.idempotency?.key ?? '', request)
      return done(request.pixels.length)
    },
    closing: closing.signal,
  }
  return { commitQueue, stop: () => closing.abort(), saved, attempts: () => attempts, mostRunning: () => mostRunning }
}

const pictureOf = (width: number, height: number, colorAt: (x: number, y: number) => number = (x, y) => (x + y) % 4): Picture => {
  const colors = Int16Array.from({ length: width * height }, (_, i) => colorAt(i % width, Math.floor(i / width)))
  return { width, height, colors, opaque: colors.filter((color) => color !== paintsNothing).length }
}

const paint = (commitQueue: PaintPictureOptions['commitQueue'], picture: Picture, options: Partial<PaintPictureOptions> = {}) =>
  paintPicture({
    commitQueue,
    canvas,
    painter: testPainter('admin'),
    picture,
    at: { gx: 0, gy: 0 },
    signal: new AbortController().signal,
    retries: { random: () => 1, wait: async () => undefined },
    ...options,
  })

test('every opaque pixel is painted once, at its position', async () => {
  const { commitQueue, saved } = createQueue()
  const picture = pictureOf(150, 100, (x, y) => ((x + y) % 5) - 1)
  expect(await paint(commitQueue, picture, { at: { gx: 50, gy: 49 } })).toEqual({ ok: true, placed: picture.opaque })
  const pixels = [...saved.values()].flatMap((request) => request.pixels)
  expect(pixels).toHaveLength(picture.opaque)
  expect(new Set(pixels.map(({ gx, gy }) => `${gx},${gy}`)).size).toBe(picture.opaque)
  for (const { gx, gy, color } of pixels) expect(color).toBe(picture.colors[(gy - 49) * 150 + (gx - 50)])
})

test('a request has pixels of one tile, at most 4,096 of them, and two requests run at a time', async () => {
  const { commitQueue, saved, mostRunning } = createQueue()
  await paint(commitQueue, pictureOf(200, 150))
  for (const request of saved.values()) {
    expect(new Set(request.pixels.map((pixel) => tileOf(canvas.tileSize, pixel))).size).toBe(1)
    expect(request.pixels.length).toBeLessThanOrEqual(4_096)
    expect(request).toMatchObject({ cause: 'picture', byOperator: true, canvas: 'main', painter: { id: 'p_admin' } })
  }
  // 128 × 128 needs four requests, 72 × 128 three, 128 × 22 and 72 × 22 one each.
  expect(saved.size).toBe(9)
  expect(mostRunning()).toBe(2)
})

test('a transparent picture paints nothing', async () => {
  const { commitQueue, attempts } = createQueue()
  expect(
    await paint(
      commitQueue,
      pictureOf(10, 10, () => paintsNothing),
    ),
  ).toEqual({ ok: true, placed: 0 })
  expect(attempts()).toBe(0)
})

test('a request is repeated with the same key after a refusal or an unknown outcome', async () => {
  const keys: (string | undefined)[] = []
  const faults = [refused('unavailable'), Object.assign(new Error('reply lost'), { code: 'outcome_unknown' }), refused('overloaded')]
  const { commitQueue } = createQueue((request, attempt) => {
    keys.push(request.idempotency?.key)
    return faults[attempt] ?? null
  })
  expect(await paint(commitQueue, pictureOf(10, 10))).toEqual({ ok: true, placed: 100 })
  expect(keys).toHaveLength(4)
  expect(new Set(keys).size).toBe(1)
})

test('repeating ends after a bounded time, and the answer has the number of painted pixels', async () => {
  let waitedMs = 0
  const { commitQueue } = createQueue((_, attempt) => (attempt < 2 ? null : refused('unavailable')))
  const wait = async (waitMs: number) => {
    waitedMs += waitMs
  }
  const result = await paint(commitQueue, pictureOf(128, 128), { retries: { random: () => 1, wait } })
  expect(result).toEqual({
    ok: false,
    placed: 8_192,
    refusal: { code: 'unavailable', detail: '8192 of 16384 pixels were painted and stay. Not now.' },
  })
  expect(waitedMs).toBeGreaterThanOrEqual(maxWaitMs)
  expect(waitedMs).toBeLessThan(2 * (maxWaitMs + 5_000))
})

test('a final refusal ends the painting at once', async () => {
  const { commitQueue, attempts } = createQueue(() => refused('canvas_not_found'))
  expect(await paint(commitQueue, pictureOf(128, 128))).toMatchObject({ ok: false, placed: 0, refusal: { code: 'canvas_not_found' } })
  expect(attempts()).toBe(2)
})

test('the refusal of a single pixel is returned', async () => {
  const { commitQueue } = createQueue(() => ({
    kind: 'done',
    placed: 60,
    results: [{ ok: false, refusal: { code: 'out_of_bounds', detail: 'The canvas is smaller.' } }],
  }))
  expect(await paint(commitQueue, pictureOf(10, 10))).toMatchObject({ ok: false, placed: 60, refusal: { code: 'out_of_bounds' } })
})

test('no more requests start after the client has disconnected', async () => {
  const controller = new AbortController()
  const { commitQueue } = createQueue((_, attempt) => {
    if (attempt === 0) controller.abort()
    return null
  })
  const result = await paint(commitQueue, pictureOf(128, 128), { signal: controller.signal })
  expect(result).toMatchObject({ ok: false, placed: 8_192, refusal: { code: 'unavailable' } })
})

test('A7 a stop ends the painting at once, and the answer has the number of painted pixels', async () => {
  const { commitQueue, stop, attempts } = createQueue((_, attempt) => {
    if (attempt < 2) return null
    stop()
    return refused('unavailable')
  })
  const result = await paint(commitQueue, pictureOf(128, 128), {
    retries: { random: () => 1, wait: () => Promise.reject(new Error('waited')) },
  })
  expect(result).toMatchObject({ ok: false, placed: 8_192, refusal: { code: 'unavailable' } })
  expect(attempts()).toBeLessThanOrEqual(4)
})

test('an unexpected error rejects', async () => {
  const error = new Error('a bug')
  const { commitQueue } = createQueue(() => error)
  await expect(paint(commitQueue, pictureOf(1, 1))).rejects.toBe(error)
})
