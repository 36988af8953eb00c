/** The bounds of a publisher's memory of attempts (A6). */
import { expect, test } from 'vitest'
import type { CommitId } from '../../lib/brand.ts'
import { noMetrics } from '../observability/delivery-metrics.ts'
import type { UnpublishedCommit } from '../store/port.ts'
import { streamCommit } from '../stream/contract.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { Attempts } from './attempts.ts'

const setUp = () => {
  const counted: CommitId[] = []
  const clock = { nowMs: 0 }
  const attempts = new Attempts({
    store: {
      countAttempts: async (ids) => void counted.push(...ids.map(({ id }) => id)),
      noteFailure: async () => undefined,
      moveToDeadLetters: async () => false,
    },
    stream: { heads: async () => new Map() },
    context: workerContext({ clock: clockOf(() => clock.nowMs), random: () => 0.5 }),
    metrics: noMetrics,
    newGroupId: () => 'newgroup',
  })
  return { attempts, counted, clock }
}

const idOf = (index: number) => `commit-${index}` as CommitId
const commitOf = (index: number, attempts = 0): UnpublishedCommit => ({
  ...streamCommit(index + 1, { pixels: [] }),
  id: idOf(index),
  attempts,
})
const idsOf = (count: number, from = 0) => Array.from({ length: count }, (_, index) => idOf(from + index))

test('A6 at most 10,000 first attempts are in memory, and beyond that they count like further ones', async () => {
  const { attempts, counted } = setUp()
  attempts.noteSequenced(idsOf(10_000))
  await attempts.begin([commitOf(0)])
  expect(counted).toEqual([])
  attempts.noteSequenced(idsOf(2, 10_000))
  await attempts.begin([commitOf(1), commitOf(10_000)])
  expect(counted).toEqual([idOf(1)])
})

test('A6 at most 1,000 tombstones are in memory, and beyond that their pauses start again', () => {
  const { attempts, clock } = setUp()
  for (let index = 0; index < 1_000; index++) expect(attempts.isPaused(commitOf(index, 8))).toBe(true)
  clock.nowMs = 10_000
  expect(attempts.isPaused(commitOf(0, 8))).toBe(false)
  expect(attempts.isPaused(commitOf(1_000, 8))).toBe(true)
  expect(attempts.isPaused(commitOf(0, 8)), 'its pause begins again').toBe(true)
})
