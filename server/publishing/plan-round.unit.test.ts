import { expect, test } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../lib/brand.ts'
import type { UnpublishedCommit } from '../store/port.ts'
import { planRound } from './plan-round.ts'

const commit = (tile: number, seq: number, attempts: number): UnpublishedCommit => ({
  id: asCommitId(`commit-${tile}-${seq}`),
  canvas: asCanvasId('main'),
  epoch: asEpoch('epoch001'),
  tile: asTile(tile),
  seq: asSeq(seq),
  atMs: 1_000,
  cause: 'paint',
  pixels: [],
  attempts,
})
const show = (commits: readonly UnpublishedCommit[]) => commits.map(({ tile, seq }) => `${tile}/${seq}`)

test('a commit with many attempts is appended alone, and no later commit of its tile overtakes it', () => {
  const { usual, suspects, exhausted } = planRound([
    commit(0, 1, 1),
    commit(0, 2, 2),
    commit(0, 3, 3),
    commit(0, 4, 1),
    commit(1, 1, 3),
    commit(1, 2, 1),
    commit(2, 1, 4),
    commit(3, 1, 5),
    commit(3, 2, 1),
    commit(4, 7, 0),
  ])
  expect([show(usual), show(suspects), show(exhausted)]).toEqual([['0/1', '0/2', '4/7'], ['1/1', '2/1'], ['3/1']])
})

test('the next round starts at once only if commits wait behind a suspect', () => {
  expect(planRound([])).toEqual({ usual: [], suspects: [], exhausted: [], unreadable: [], more: false })
  expect(planRound([commit(0, 1, 5), commit(0, 2, 1)]).more).toBe(false)
  expect(planRound([commit(0, 1, 4), commit(0, 2, 1)]).more).toBe(true)
  expect(planRound([commit(0, 1, 4)]).more).toBe(false)
})
