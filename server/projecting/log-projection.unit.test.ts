import { describe, expect, test } from 'vitest'
import { asPainterId, asPosition, asSeq, asTile } from '../../lib/brand.ts'
import { silentLogger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { streamCommit } from '../stream/contract.ts'
import { LogProjection } from './log-projection.ts'

const canvas = testCanvas()
const pixelsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ position: asPosition(index), color: 1, previous: 0, by: asPainterId('p_aaaa') }))

/** How many commits each transaction projects, for commits of these sizes. */
const partsOf = async (name: 'history' | 'stats', sizes: readonly number[]) => {
  const parts: number[] = []
  let cursor = 0
  const log = sizes.map((size, index) => streamCommit(index + 1, { pixels: pixelsOf(size) }))
  const store = {
    readCommits: async ({ after }: { after: number }) => ({
      kind: 'page',
      epoch: canvas.epoch,
      head: asSeq(log.length),
      commits: log.slice(after),
    }),
    projections: {
      readCursors: async () => new Map([[asTile(0), { epoch: canvas.epoch, seq: asSeq(cursor) }]]),
      project: async ({ commits, to }: { commits: readonly unknown[]; to: number }) => {
        parts.push(commits.length)
        cursor = to
        return true
      },
    },
  } as unknown as Store
  await new LogProjection({ name, store, logger: silentLogger }).catchUp(canvas, new Map([[asTile(0), asSeq(log.length)]]))
  return parts
}

test.each([
  ['stats', 2_000],
  ['history', 8_000],
] as const)('A6 a transaction of %s takes at most %d pixels, or one larger commit', async (name, most) => {
  expect(await partsOf(name, [most - 1, 1, 1])).toEqual([2, 1])
  expect(await partsOf(name, [most, 1])).toEqual([1, 1])
  expect(await partsOf(name, [most + 1, 1])).toEqual([1, 1])
})

describe('an entry whose log the store does not have', () => {
  const project = (page: unknown) => {
    const store = { readCommits: async () => page, projections: { readCursors: async () => new Map() } } as unknown as Store
    const projection = new LogProjection({ name: 'stats', store, logger: silentLogger })
    return projection.project(canvas, { canvas: canvas.id, tile: asTile(0) }, [streamCommit(3)])
  }

  test('is dropped when the board was started over since the canvas was read', async () => {
    await expect(project({ kind: 'page', epoch: 'epoch002', head: 0, commits: [] })).resolves.toBeUndefined()
  })

  test('is dropped when the board was deleted since the canvas was read', async () => {
    await expect(project(null)).resolves.toBeUndefined()
  })

  test('stays when the log ends before it', async () => {
    await expect(project({ kind: 'page', epoch: canvas.epoch, head: 0, commits: [] })).rejects.toThrow('ends before the entry 3')
  })
})
