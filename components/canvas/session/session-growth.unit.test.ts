import { expect, test } from 'vitest'
import { asPosition, asTile } from '../../../lib/brand.ts'
import { cell, position, startLive, startSession, tile } from './testing/start-session.ts'

const tiles = [0, 1, 256, 257].map(asTile)
const [, right = tile] = tiles

/** The server's canvas gets one more color, which has the index 8. */
const addColor = ({ server }: Pick<Awaited<ReturnType<typeof startLive>>, 'server'>) =>
  server.change({ palette: [...server.canvas.palette, '#123456'], colorNames: [...server.canvas.colorNames, 'new'] })

test('B2 a board that grows from one tile to four is followed and painted in its new tiles', async () => {
  const { clock, server, screen, session, state, word } = await startLive()
  expect(session.place({ gx: 100, gy: 70 }, 1)).toBe(false)
  server.grow(128, 128)
  server.announce()
  await clock.advance(20)
  expect([state().canvas?.tilesX, screen.canvas?.width]).toEqual([2, 128])
  session.viewTiles(tiles)
  await clock.advance(500)
  expect(word()).toBe('live')
  expect(session.place({ gx: 100, gy: 70 }, 1)).toBe(true)
  await clock.advance(500)
  for (const each of tiles) expect(screen.bytes(each)).toEqual(server.board(each))
  expect(screen.colorAt(asTile(257), asPosition(6 * 64 + 36))).toBe(1)
  expect(state()).toMatchObject({ pending: 0, saved: 1 })
})

test('C3 a page that was offline gets the larger palette before the frames that it missed', async () => {
  const { clock, server, screen, session, state, word } = await startLive()
  server.network = 'cut'
  server.cutSockets()
  await clock.advance(2_000)
  addColor({ server })
  server.grow(128, 64)
  server.commit(tile, [[position, 8]])
  server.commit(right, [[0, 8]])
  const shown: (number | undefined)[] = []
  session.store.subscribe(() => shown.push(state().canvas?.palette.length))
  server.network = 'up'
  await clock.advance(10_000)
  expect([word(), screen.colorAt(tile, position), state().canvas?.rev]).toEqual(['live', 8, 3])
  session.viewTiles([tile, right])
  await clock.advance(500)
  expect(screen.bytes(right)).toEqual(server.board(right))
  expect(session.place(cell, 8)).toBe(true)
})

test('C3 a board with a new color is not shown before the page has the color', async () => {
  const { clock, server, screen, session, word } = await startLive()
  server.grow(128, 64)
  server.announce()
  server.cachedCanvas = server.canvas
  addColor({ server })
  server.commit(right, [[5, 8]])
  session.viewTiles([tile, right])
  await clock.advance(5_000)
  expect([screen.bytes(right), screen.rows(right)]).toEqual([null, 0])
  server.commit(right, [[6, 1]])
  const asked = server.requests.length
  server.cachedCanvas = null
  await clock.advance(1_200)
  expect(screen.bytes(right)).toEqual(server.board(right))
  expect([word(), server.requests.slice(asked)]).toEqual(['live', ['GET /api/canvases/main']])
})

test('C3 no part of a board is shown that has a color which the page lacks', async () => {
  const { clock, server, screen, session } = startSession()
  server.boardBytesPerMs = 0.5
  server.cachedCanvas = server.canvas
  addColor({ server })
  server.commit(tile, [[0, 8]])
  session.viewTiles([tile])
  await clock.advance(6_000)
  expect(screen.rows(tile)).toBe(0)
  server.announce()
  await clock.advance(10_000)
  expect(screen.bytes(tile)).toEqual(server.board(tile))
})

test('the page says in a join which canvas and which changes it has', async () => {
  const { clock, server } = await startLive()
  expect(server.joins[0]).toMatchObject({ rev: 1, control: null })
  server.change({ title: 'Other' })
  server.announce()
  await clock.advance(20)
  server.cutSockets()
  await clock.advance(2_000)
  expect(server.joins.at(-1)).toMatchObject({ rev: 2, control: 1 })
})

test('A2 when heads have a change that did not arrive, the page joins again after a second', async () => {
  const { clock, server, state } = await startLive()
  const before = server.joins.length
  server.control = 1
  server.heads()
  await clock.advance(900)
  expect(server.joins).toHaveLength(before)
  await clock.advance(300)
  expect(server.joins.slice(before)).toMatchObject([{ control: 0, tiles: [{ tile: 0 }] }])
  server.heads()
  await clock.advance(2_000)
  expect(server.joins).toHaveLength(before + 1)
  expect(state().connection.state).toBe('live')
})
