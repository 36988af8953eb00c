/** A commit that cannot be published becomes a dead letter. An outage counts against no commit. */
import { expect, test } from 'vitest'
import { asCanvasId, asSeq, asTile, type CommitId } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { setUpPublishing } from './publisher.fixture.ts'

const main = asCanvasId('main')

/** Refuses every batch with a commit that sets a pixel to the color `poison`. */
class RefusingStream extends EmbeddedStream {
  poison = 2
  code = 'rejected'
  override async append(commits: readonly SequencedCommit[]) {
    if (commits.some(({ pixels }) => pixels.some(({ color }) => color === this.poison))) {
      throw Object.assign(new Error('refused'), { code: this.code })
    }
    return super.append(commits)
  }
}

const setUp = async () => {
  const stream = new RefusingStream()
  const clock = { nowMs: 5_000 }
  const parts = await setUpPublishing({ stream, context: workerContext({ clock: clockOf(() => clock.nowMs) }) })
  const read = async () => (await parts.read()).map(({ tile, seq, cause }) => `${tile}/${seq} ${cause}`)
  /** Each round is of a new publisher, as if the process of the previous one had ended. */
  const rounds = async (count: number) => {
    for (let round = 0; round < count; round++) {
      const step = parts.publisherWith().step()
      await step.catch((error: unknown) => expect(error).toMatchObject({ code: stream.code }))
      clock.nowMs += 10
    }
  }
  return { ...parts, stream, clock, read, rounds }
}

test('a refused commit becomes a dead letter after five attempts, and the others are published', async () => {
  const { store, publisher, clock, place, read } = await setUp()
  for (const [gx, color] of [
    [0, 1],
    [1, 2],
    [2, 1],
    [70, 1],
  ] as const) {
    await place(gx, color)
  }
  const published: string[] = []
  for (let round = 0; round < 12; round++) {
    await publisher.step().catch((error: unknown) => expect(error).toMatchObject({ code: 'rejected' }))
    published.push(...(await read()))
  }
  expect(published.sort()).toEqual(['0/1 paint', '1/1 paint'])
  expect((await store.getUnpublished({ limit: 1 }))[0]).toMatchObject({ seq: 2, attempts: 5 })
  expect((await store.backlog()).dead, 'another publisher may still append it').toBe(0)
  clock.nowMs += 3_000
  await publisher.step()
  expect(await store.listDeadLetters({ limit: 10 })).toMatchObject([{ seq: 2, attempts: 5, error: 'refused' }])
  while ((await publisher.step()) === 'more');
  await publisher.step()
  expect(await read()).toEqual(['0/2 skipped', '0/3 paint', '0/4 rollback'])
  expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0, dead: 1 })
})

test('an outage of any length counts against no commit', async () => {
  const { store, publisher, stream, place, clock } = await setUp()
  stream.code = 'unavailable'
  for (let gx = 0; gx < 3; gx++) await place(gx, 2)
  for (let round = 0; round < 40; round++) {
    clock.nowMs += 5_000
    await expect(publisher.step()).rejects.toMatchObject({ code: 'unavailable' })
  }
  expect((await store.getUnpublished({ limit: 10 })).map(({ attempts }) => attempts)).toEqual([0, 0, 0])
  stream.poison = 99
  while ((await publisher.step()) === 'more');
  expect(await store.backlog()).toMatchObject({ unpublished: 0, dead: 0 })
})

test('a commit that ends its process becomes a dead letter, too', async () => {
  const { store, publisherWith, clock, place, rounds, read } = await setUp()
  // A process that ends stores no error.
  store.noteFailure = async () => undefined
  for (let gx = 0; gx < 4; gx++) await place(gx, gx === 1 ? 2 : 1)
  await rounds(12)
  const survivor = publisherWith()
  await survivor.step()
  clock.nowMs += 3_000
  for (let round = 0; round < 6; round++) await survivor.step()
  expect(await store.listDeadLetters({ limit: 10 })).toMatchObject([{ seq: 2, attempts: 5, error: null }])
  expect(await read()).toEqual(['0/1 paint', '0/2 skipped', '0/3 paint', '0/4 paint', '0/5 rollback'])
})

test('a commit whose last append succeeded is only marked', async () => {
  const { store, stream, publisher, place, read } = await setUp()
  await place(0, 1)
  const { fresh } = await store.sequence({ limit: 10 })
  for (const attempts of [1, 2, 3, 4]) await store.countAttempts(fresh.map((commit) => ({ ...commit, attempts })))
  await stream.adopt(main, testCanvas().epoch)
  await stream.append(await store.getUnpublished({ limit: 10 }))
  await publisher.step()
  expect(await store.backlog()).toMatchObject({ unpublished: 0, dead: 0 })
  expect(await read()).toEqual(['0/1 paint'])
})

test('A4 all boards agree after a frozen publisher appends a commit that became a dead letter meanwhile', async () => {
  const { store, stream, publisher, place, read } = await setUp()
  await place(0, 1)
  await stream.adopt(main, testCanvas().epoch)
  const { fresh } = await store.sequence({ limit: 10 })
  const frozen = await store.getUnpublished({ limit: 10 })
  expect(await store.moveToDeadLetters({ id: fresh[0]?.id as CommitId, attempts: 1, groupId: 'replaced', nowMs: 5_000 })).toBe(true)
  expect(await stream.append(frozen)).toEqual([{ kind: 'appended' }])
  while ((await publisher.step()) === 'more');
  await publisher.step()
  expect(await read()).toEqual(['0/1 paint', '0/2 rollback'])
  const page = await store.readCommits({ canvas: main, tile: asTile(0), after: asSeq(0), limit: 10 })
  expect(page?.kind === 'page' && page.commits.map(({ cause, pixels }) => [cause, pixels.map(({ color }) => color)])).toEqual([
    ['skipped', []],
    ['rollback', [0]],
  ])
})
