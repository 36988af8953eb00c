import { expect, test } from 'vitest'
import { asPosition, asTile } from '../../../lib/brand.ts'
import { cell, startLive, startSession, tile } from './testing/start-session.ts'

test('A3 after a gap the tile joins again with its seq', async () => {
  const { clock, server, screen, word } = await startLive()
  server.loseFrames = 1
  server.commit(tile, [[1, 1]])
  server.commit(tile, [[2, 2]])
  await clock.advance(100)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('a lost last commit leaves no gap, so the heads message makes the tile join again within a second', async () => {
  const { clock, server, screen, word } = await startLive()
  server.loseFrames = 1
  server.commit(tile, [[1, 1]])
  server.heads()
  await clock.advance(950)
  expect(screen.colorAt(tile, asPosition(1))).toBe(7)
  await clock.advance(300)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('a resync loads the board again', async () => {
  const { clock, server, screen } = await startLive()
  server.loseFrames = 1
  server.commit(tile, [[1, 1]])
  server.send('resync', 'main', 0)
  await clock.advance(100)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('a malformed frame makes the tile join again', async () => {
  const { clock, server, screen } = await startLive()
  server.loseFrames = 1
  server.commit(tile, [[1, 1]])
  server.send('pixels', 'main', 0, 1, 1, 'AAAA')
  server.send('pixels', 'main', 0, 'x')
  server.send('pixels', 'main', 9, 1, 1, 'AwIDxQEN')
  server.send('heads', null)
  server.send('me', { canvas: 'main' })
  server.send('canvas', 7)
  await clock.advance(100)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('A3 a board that is older than the join leaves no hole', async () => {
  // The board is slow and the socket is fast, so there are commits between the two.
  let slow = true
  const { clock, server, screen, session, word } = startSession({ latencyMs: () => (slow ? 5 : 1) })
  session.viewTiles([tile])
  await clock.advance(12)
  server.commit(tile, [[1, 1]])
  await clock.advance(5)
  server.commit(tile, [[2, 2]])
  slow = false
  await clock.advance(2_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('A2 200 pixels that were missed offline are replayed and counted without loading the board again', async () => {
  const { clock, server, screen, word, session, browser } = await startLive({ latencyMs: () => 20 })
  const words: string[] = []
  let most = 0
  session.store.subscribe(({ connection }) => {
    if (words.at(-1) !== connection.state) words.push(connection.state)
    most = Math.max(most, connection.behindPixels)
  })
  const boards = () => server.requests.filter((request) => request.endsWith('/board')).length
  const before = boards()
  server.network = 'cut'
  browser('offline')
  expect(word()).toBe('offline')
  for (let i = 0; i < 200; i++) server.commit(tile, [[i, 1 + (i % 6)]])
  await clock.advance(20_000)
  server.network = 'up'
  browser('online')
  await clock.advance(1_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(words).toEqual(['offline', 'catching_up', 'live'])
  expect(most).toBe(200)
  expect(boards()).toBe(before)
})

test('A3 a client that missed too much loads the board, and frames wait until it arrives', async () => {
  let latencyMs = 10
  const { clock, server, screen, word } = await startLive({ latencyMs: () => latencyMs, maxReplay: 5 })
  server.cutSockets()
  for (let i = 0; i < 20; i++) server.commit(tile, [[i, 1]])
  await clock.advance(300)
  latencyMs = 60
  server.commit(tile, [[30, 2]])
  await clock.advance(30)
  latencyMs = 10
  server.commit(tile, [[31, 3]])
  await clock.advance(500)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
  expect(server.requests.filter((request) => request.endsWith('/board'))).toHaveLength(2)
})

test('the heads message reveals a newer canvas revision, and a longer palette is used', async () => {
  const { clock, server, state } = await startLive()
  server.change({ palette: [...server.canvas.palette, '#123456'], colorNames: [...server.canvas.colorNames, 'new'] })
  server.heads()
  await clock.advance(1_000)
  expect(state().canvas?.palette).toHaveLength(9)
})

test('a new epoch drops the board, the seqs and the saved pixels', async () => {
  const { clock, server, screen, word, session, state } = await startLive()
  server.commit(tile, [
    [1, 1],
    [2, 2],
  ])
  session.place(cell, 3)
  await clock.advance(100)
  server.restore('epoch002')
  server.commit(tile, [[9, 4]])
  await clock.advance(5_000)
  expect(state().canvas?.epoch).toBe('epoch002')
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('tiles are joined when they come into view, and tiles far outside are left', async () => {
  const { clock, server, screen, session } = startSession({ width: 64 * 64, height: 64 })
  const tiles = Array.from({ length: 64 }, (_, tx) => asTile(tx))
  for (const [index, next] of tiles.entries()) {
    session.viewTiles([next, tiles[index + 1] ?? next])
    await clock.advance(100)
  }
  const last = asTile(63)
  server.commit(last, [[5, 5]])
  server.commit(tile, [[5, 5]])
  await clock.advance(100)
  expect(screen.bytes(last)).toEqual(server.board(last))
  expect(screen.bytes(tile)).toBeNull()
  session.viewTiles([tile])
  await clock.advance(200)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('more than 64 tiles are joined in several messages', async () => {
  const { clock, server, screen, session, word } = startSession({ width: 64 * 100, height: 64 })
  session.viewTiles(Array.from({ length: 100 }, (_, tx) => asTile(tx)))
  await clock.advance(2_000)
  expect(word()).toBe('live')
  server.commit(asTile(99), [[5, 5]])
  await clock.advance(100)
  expect(screen.colorAt(asTile(99), asPosition(5))).toBe(5)
})
