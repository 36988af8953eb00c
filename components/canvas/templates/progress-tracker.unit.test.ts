import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { randomsOf } from '../../../lib/randoms.ts'
import { type ShownBoard, TemplateProgress } from '../../../lib/templates/progress.ts'
import { defaultAppearance, noCell, type PlacedTemplate } from '../../../lib/templates/template.ts'
import { BoardChanges } from '../board-changes.ts'
import { FakeServer } from '../session/testing/fake-server.ts'
import { ManualClock } from '../session/testing/manual-clock.ts'
import { startSession } from '../session/testing/start-session.ts'
import { ProgressTracker } from './progress-tracker.ts'

const side = 64
const tiles = [0, 1, 2].map(asTile)

const templateOf = (id: string, x: number, change: Partial<PlacedTemplate> = {}): PlacedTemplate => ({
  ...defaultAppearance,
  id,
  name: id,
  x,
  y: -2,
  source: { kind: 'device' },
  picture: { width: 90, height: 6, cells: Uint16Array.from({ length: 540 }, (_, i) => (i % 5 === 0 ? noCell : (i * 7) % 9)) },
  ...change,
})

const startTracked = (seed: number) => {
  const random = randomsOf(seed)
  const changes = new BoardChanges()
  const server = new FakeServer({
    clock: new ManualClock(),
    latencyMs: () => 1 + Math.floor(random() * 120),
    width: 3 * side,
    height: side,
    maxReplay: 4,
  })
  const fixture = startSession({ server, random, changes })
  const { clock, screen, session } = fixture
  const tracker = new ProgressTracker({
    now: clock.ticks,
    defer: (callback, delayMs) => {
      const timer = clock.timers.set(callback, delayMs)
      return () => clock.timers.clear(timer)
    },
    onChange: () => undefined,
  })
  const boardOf = (): ShownBoard | null => {
    const { canvas } = session.store.getState()
    if (!canvas) return null
    const { width, height, tileSize, palette, background } = canvas
    return { width, height, tileSize, colors: palette.length, background, shown: (tile) => screen.bytes(tile) }
  }
  changes.subscribe((change) => tracker.boardChanged(change))
  session.store.subscribe(() => {
    const board = boardOf()
    if (board) tracker.setBoard(board)
  })
  return { ...fixture, random, tracker, boardOf }
}

const numbersOf = (progress: TemplateProgress | null) =>
  progress && { counts: progress.counts, colors: progress.colors, blocks: progress.blocksLeft() }

const play = async (seed: number) => {
  const { session, server, clock, browser, random, tracker, boardOf } = startTracked(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  let epochs = 1
  let templates = [templateOf('a', -5), templateOf('b', 70)]
  tracker.setTemplates(templates)
  session.viewTiles(tiles)
  const steps = [
    () => server.commit(asTile(below(3)), [[below(side * 3), below(8)]]),
    () => server.commit(asTile(below(3)), [[below(side * 3), below(8)]]),
    () => void session.place({ gx: below(3 * side), gy: below(4) }, below(8)),
    () => void session.place({ gx: below(3 * side), gy: below(4) }, below(8)),
    () => Object.assign(server, { refuse: random() < 0.5 ? { code: 'area_protected' } : null }),
    () => Object.assign(server, { loseFrames: below(3), loseAnswers: below(3) }),
    () => server.send('resync', 'main', asTile(below(3))),
    () => session.viewTiles(random() < 0.5 ? tiles : [asTile(below(3))]),
    () => server.cutSockets(),
    () => browser('online'),
    () => random() < 0.2 && server.restore(`epoch${String(++epochs).padStart(3, '0')}`),
    () => server.grow(Math.max(server.canvas.width, 3 * side + below(60)), Math.max(server.canvas.height, side + below(30))),
    () => {
      const palette = [...server.canvas.palette, `#0000${String(10 + below(89))}`]
      if (palette.length < 12 && new Set(palette).size === palette.length) server.change({ palette })
    },
    () => tracker.setFilter(random() < 0.5 ? null : below(9)),
    () => {
      templates = templates.map((template) => (random() < 0.5 ? template : { ...template, x: template.x + below(5) - 2 }))
      tracker.setTemplates(templates)
    },
  ]
  for (let step = 0; step < 80; step++) {
    steps[below(steps.length)]?.()
    await clock.advance(Math.floor(random() ** 3 * 4_000))
  }
  tracker.setFilter(null)
  await clock.advance(1_000)
  const board = boardOf()
  if (!board) throw new Error('no board')
  expect(tracker.isCounting).toBe(false)
  for (const template of templates) {
    expect(numbersOf(tracker.progressOf(template.id))).toEqual(numbersOf(new TemplateProgress(template, board)))
  }
  const counted = tracker.progressOf('a')?.counts.right ?? 0
  session.dispose()
  tracker.dispose()
  return counted
}

test('T10: numbers equal a recount after any frames, refusals, resyncs, edits, new colors, growth and new epochs', async () => {
  let counted = 0
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      counted += await play(seed)
    }),
    { numRuns: 25 },
  )
  expect(counted).toBeGreaterThan(0)
}, 60_000)

test('T9: a painted pixel counts before it is saved, and no longer when it is refused', async () => {
  const { session, server, clock, tracker } = startTracked(1)
  server.refuse = { code: 'area_protected' }
  tracker.setTemplates([templateOf('a', 0, { y: 0, picture: { width: 1, height: 1, cells: Uint16Array.of(5) } })])
  session.viewTiles([asTile(0)])
  await clock.advance(1_000)
  expect(tracker.progressOf('a')?.counts).toMatchObject({ right: 0, missing: 1 })
  session.place({ gx: 0, gy: 0 }, 5)
  expect(tracker.progressOf('a')?.counts).toMatchObject({ right: 1, missing: 0 })
  await clock.advance(2_000)
  expect(tracker.progressOf('a')?.counts).toMatchObject({ right: 0, missing: 1 })
})

test('T10: a template that is moved is counted at its new place once it rests there', async () => {
  const { session, clock, tracker } = startTracked(2)
  const template = templateOf('a', 0)
  tracker.setTemplates([template])
  session.viewTiles(tiles)
  await clock.advance(1_000)
  const before = tracker.progressOf('a')
  tracker.setTemplates([{ ...template, opacity: 0.1 }])
  expect(tracker.progressOf('a')).toBe(before)
  tracker.setTemplates([{ ...template, x: 100 }])
  expect(tracker.progressOf('a')).toBeNull()
  await clock.advance(500)
  expect(tracker.progressOf('a')?.template.x).toBe(100)
})
