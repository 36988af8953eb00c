import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { cell, position, startLive, startSession, tile } from './testing/start-session.ts'

const boardsAsked = (requests: readonly string[]) => requests.filter((request) => request.endsWith('/board')).length

test('a board on a slow line is loaded once, and its rows are shown as they arrive', async () => {
  const { clock, server, screen, session, word, state } = startSession()
  server.boardBytesPerMs = 0.05
  server.commit(tile, [[position, 4]])
  session.viewTiles([tile])
  await clock.advance(50_000)
  expect(word()).toBe('connecting')
  expect(state().connection.loadedPercent).toBeGreaterThan(50)
  expect(screen.rows(tile)).toBeGreaterThan(30)
  expect(screen.bytes(tile)).toBeNull()
  await clock.advance(40_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
  expect(boardsAsked(server.requests)).toBe(1)
})

test('a download without bytes is aborted and started again', async () => {
  const { clock, server, screen, session, word } = startSession()
  server.boardBytesPerMs = 1
  session.viewTiles([tile])
  await clock.advance(1_000)
  server.boardBytesPerMs = 0
  await clock.advance(22_000)
  server.boardBytesPerMs = 1
  await clock.advance(10_000)
  expect(boardsAsked(server.requests)).toBe(2)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
  expect(word()).toBe('live')
})

test('on a slow line boards load one by one from the middle of the view; on a fast line six load at once', async () => {
  const tiles = Array.from({ length: 12 }, (_, tx) => asTile(tx))
  const { clock, server, screen, session } = startSession({ width: 64 * 12, height: 64 })
  server.boardBytesPerMs = 0.4
  session.viewTiles(tiles)
  await clock.advance(45_000)
  expect(server.mostBoardsUnderWay).toBeLessThanOrEqual(2)
  expect(tiles.map((each) => screen.bytes(each) !== null).lastIndexOf(true)).toBe(tiles.filter((each) => screen.bytes(each)).length - 1)
  await clock.advance(120_000)
  expect(boardsAsked(server.requests)).toBe(12)

  const quick = startSession({ width: 64 * 40, height: 64 })
  quick.server.boardBytesPerMs = 1_000
  quick.session.viewTiles(Array.from({ length: 40 }, (_, tx) => asTile(tx)))
  await quick.clock.advance(5_000)
  expect(quick.server.mostBoardsUnderWay).toBe(6)
  expect(quick.word()).toBe('live')
})

test('an answer that takes longer than ten seconds gets more time and is not requested again forever', async () => {
  let latencyMs = 5
  const { clock, server, session, state } = await startLive({ latencyMs: () => latencyMs })
  latencyMs = 8_000
  session.place(cell, 2)
  await clock.advance(60_000)
  expect(server.saved.size).toBe(1)
  expect(state().pending).toBe(0)
})

test('a rate limit makes all boards wait, and in the end all are loaded', async () => {
  const { clock, server, screen, session, word } = startSession({ width: 64 * 100, height: 64, latencyMs: () => 1 })
  server.maxBoardsPerSecond = 20
  const tiles = Array.from({ length: 100 }, (_, tx) => asTile(tx))
  session.viewTiles(tiles)
  await clock.advance(10_000)
  expect(tiles.every((each) => screen.bytes(each) !== null)).toBe(true)
  expect(word()).toBe('live')
  expect(boardsAsked(server.requests)).toBeLessThan(150)
})
