/**
 * Random faults: the network is cut, is silent, or loses frames and answers; the process is killed; the board is restored; the view
 * moves; others paint. Afterwards every tile in view equals the server's board, and every optimistic pixel was saved once or taken
 * back with a notice.
 *
 * fast-check prints a failing seed, and `play(seed)` repeats it.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asTile, type TileNumber } from '../../../lib/brand.ts'
import { randomsOf } from '../../../lib/randoms.ts'
import { FakeServer } from './testing/fake-server.ts'
import { ManualClock } from './testing/manual-clock.ts'
import { startSession } from './testing/start-session.ts'

const width = 64 * 3
const height = 64
const tiles = [0, 1, 2].map(asTile)

const steps = ['commit', 'commit', 'commit', 'place', 'place', 'place', 'lose frames', 'lose answers', 'cut', 'silent', 'up', 'up'] as const
const rareSteps = ['kill', 'offline', 'online', 'hidden', 'visible', 'view', 'heads', 'resync', 'restore', 'refuse', 'accept'] as const

const play = async (seed: number) => {
  const random = randomsOf(seed)
  const pick = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)] as Value
  const server = new FakeServer({ clock: new ManualClock(), latencyMs: () => 1 + Math.floor(random() * 120), width, height, maxReplay: 4 })
  const { session, clock, screen, notices, browser, word, state } = startSession({ server, random })
  const did = { placed: 0, cuts: 0, commits: 0 }
  const returned = () => notices.filter(({ kind, code }) => kind !== 'info' && code !== 'queue_full')
  const placed = (key: string) => server.saved.has(key)
  let view: readonly TileNumber[] = tiles
  session.viewTiles(view)

  for (let step = 0; step < 120; step++) {
    switch (random() < 0.7 ? pick(steps) : pick(rareSteps)) {
      case 'commit':
        did.commits++
        server.commit(pick(tiles), [[Math.floor(random() * 6), Math.floor(random() * 8)]])
        break
      case 'place':
        if (session.place({ gx: Math.floor(random() * 3) * 64 + Math.floor(random() * 6), gy: 0 }, Math.floor(random() * 8))) did.placed++
        break
      case 'lose frames':
        server.loseFrames = Math.floor(random() * 3)
        break
      case 'lose answers':
        server.loseAnswers = Math.floor(random() * 4)
        break
      case 'cut':
        did.cuts++
        server.network = 'cut'
        server.cutSockets()
        break
      case 'silent':
        did.cuts++
        server.network = 'silent'
        break
      case 'up':
      case 'online':
        server.network = 'up'
        browser('online')
        break
      case 'kill':
        server.cutSockets()
        break
      case 'offline':
        browser('offline')
        break
      case 'hidden':
      case 'visible':
        browser(random() < 0.3 ? 'hidden' : 'visible')
        break
      case 'view':
        view = random() < 0.5 ? tiles : [pick(tiles)]
        session.viewTiles(view)
        break
      case 'heads':
        server.heads()
        break
      case 'resync':
        server.send('resync', 'main', pick(tiles))
        break
      case 'restore':
        if (random() < 0.2) server.restore(`epoch${String(step).padStart(3, '0')}`)
        break
      case 'refuse':
        server.refuse = { code: 'area_protected' }
        break
      case 'accept':
        server.refuse = null
        break
    }
    await clock.advance(Math.floor(random() ** 3 * 8_000))
  }

  server.network = 'up'
  server.loseAnswers = 0
  server.loseFrames = 0
  browser('online')
  browser('visible')
  session.viewTiles(tiles)
  for (let beat = 0; beat < 8; beat++) {
    await clock.advance(10_000)
    server.heads()
  }
  await clock.advance(5_000)

  expect(state().pending).toBe(0)
  expect(word()).toBe('live')
  for (const tile of tiles) expect(screen.bytes(tile), `tile ${tile}`).toEqual(server.board(tile))
  const keys = Array.from({ length: did.placed }, (_, i) => `key-${i + 1}`)
  const unsaved = keys.filter((key) => !placed(key))
  // A saved pixel may be taken back too, if all of its answers were lost. A pixel that was not saved is always taken back.
  expect(returned().length).toBeGreaterThanOrEqual(unsaved.length)
  session.dispose()
  await clock.advance(60_000)
  expect(clock.waiting).toBe(0)
  return did
}

test('A2 A3 A4 after any faults the board is exact, and every optimistic pixel is saved once or returned with a notice', async () => {
  const total = { placed: 0, cuts: 0, commits: 0 }
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const did = await play(seed)
      total.placed += did.placed
      total.cuts += did.cuts
      total.commits += did.commits
    }),
    { numRuns: 60 },
  )
  expect(total.placed).toBeGreaterThan(400)
  expect(total.cuts).toBeGreaterThan(150)
  expect(total.commits).toBeGreaterThan(400)
})
