import { expect, test } from 'vitest'
import { asTile } from '../../../lib/brand.ts'
import { position, startSession, type tile } from './testing/start-session.ts'
import { maxShownTiles } from './tile-window.ts'

const boardsAsked = (requests: readonly string[]) => requests.filter((request) => request.endsWith('/board')).length

const manyTiles = async () => {
  const side = 25
  const fixture = startSession({ width: 64 * side, height: 64 * side, latencyMs: () => 1 })
  const tiles = Array.from({ length: side * side }, (_, i) => asTile(Math.floor(i / side) * 256 + (i % side)))
  fixture.session.viewTiles(tiles)
  await fixture.clock.advance(3_000)
  return { ...fixture, tiles }
}

test('a window with more tiles than can be followed shows all of them, says so, and joins no more than the bound', async () => {
  const { screen, tiles, word, state, server, session, clock } = await manyTiles()
  expect(tiles.every((each) => screen.bytes(each) !== null)).toBe(true)
  expect(word()).toBe('partly_live')
  expect(state().connection.partlyLive).toEqual({ parts: 416, of: 625 })
  await clock.advance(30_000)
  expect(server.mostJoined).toBeLessThanOrEqual(480)
  session.viewTiles(tiles.slice(0, 480))
  await clock.advance(1_000)
  expect(word()).toBe('live')
})

test('A2 tiles that are not always live are brought up to date in turns', async () => {
  const { screen, tiles, server, clock, word } = await manyTiles()
  for (const each of tiles) server.commit(each, [[position, 4]])
  await clock.advance(100)
  expect(screen.colorAt(tiles[0] as typeof tile, position)).toBe(4)
  expect(tiles.filter((each) => screen.colorAt(each, position) === 4).length).toBeLessThan(481)
  await clock.advance(15_000)
  expect(tiles.filter((each) => screen.colorAt(each, position) === 4)).toHaveLength(625)
  for (const each of tiles) expect(screen.bytes(each)).toEqual(server.board(each))
  expect(word()).toBe('partly_live')
})

test('A6 beyond 4,096 tiles the rest of the window is neither loaded nor painted on, and the status counts it', async () => {
  const side = 65
  const { clock, server, session, state, notices, screen } = startSession({ width: 64 * side, height: 64 * side, latencyMs: () => 0 })
  const tiles = Array.from({ length: side * side }, (_, i) => asTile(Math.floor(i / side) * 256 + (i % side)))
  session.viewTiles(tiles)
  await clock.advance(1_000)
  expect(boardsAsked(server.requests)).toBe(maxShownTiles)
  expect(screen.bytes(tiles[maxShownTiles - 1] as typeof tile)).not.toBeNull()
  expect(state().connection).toMatchObject({ state: 'partly_live', partlyLive: { parts: 416, of: 4_225 } })
  expect(session.place({ gx: 64 * side - 1, gy: 64 * side - 1 }, 1)).toBe(false)
  expect(notices).toMatchObject([{ code: 'not_loaded' }])
})

test('tiles near the window do not change the state live', async () => {
  const { word, session, tiles, clock } = await manyTiles()
  session.viewTiles(tiles, 100)
  await clock.advance(1_000)
  expect(word()).toBe('live')
})
