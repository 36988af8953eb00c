import { expect, test } from 'vitest'
import { asPosition, asTile } from '../../lib/brand.ts'
import { type BoardChange, BoardChanges } from './board-changes.ts'
import { FakeScreen } from './session/testing/start-session.ts'

test('I1: each change of the board is reported after the board shows it, until the listener ends', () => {
  const screen = new FakeScreen()
  const changes = new BoardChanges()
  const sink = changes.watch(screen)
  const [tile, position] = [asTile(0), asPosition(5)]
  const seen: { change: BoardChange; color: number | null }[] = []
  const stop = changes.subscribe((change) => seen.push({ change, color: screen.colorAt(tile, position) }))
  sink.setTile(tile, new Uint8Array(64 * 64).fill(1))
  sink.paintOptimistic(tile, position, 7, false)
  sink.drawPixels(tile, Uint32Array.of(position), Uint8Array.of(3))
  sink.paintOptimistic(tile, position, null, false)
  sink.dropTile(tile)
  expect(seen.map(({ change, color }) => [change.kind, change.positions && Array.from(change.positions), color])).toEqual([
    ['confirmed', null, 1],
    ['optimistic', [5], 7],
    ['confirmed', [5], 7],
    ['settled', [5], 3],
    ['confirmed', null, null],
  ])
  stop()
  sink.setTile(tile, new Uint8Array(64 * 64))
  expect(seen).toHaveLength(5)
})
