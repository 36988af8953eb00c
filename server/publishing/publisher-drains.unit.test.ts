/** The store, the stream and the process of a publisher fail at random. Once the failures stop, every commit is published. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asCanvasId, asSeq, asTile } from '../../lib/brand.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { randomsOf } from '../../lib/randoms.ts'
import { createFailpoints, failpointNames, noFailpoints } from '../failpoints.ts'
import { MemoryStore } from '../store/memory/memory-store.ts'
import { StoreError } from '../store/port.ts'
import { paint, readWholeLog, testCanvas } from '../store/store.fixture.ts'
import { EmbeddedStream } from '../stream/embedded/embedded-stream.ts'
import { StreamError } from '../stream/port.ts'
import { clockOf, workerContext } from '../worker-context.fixture.ts'
import { createTestPublisher } from './publisher.fixture.ts'

const main = asCanvasId('main')
const tiles = [asTile(0), asTile(1)]
const publisherFailpoints = failpointNames.filter((name) => name.startsWith('publisher.'))

/** `fate` decides about each append. 'loses the answer' appends the commits, and the call fails. */
class UnreliableStream extends EmbeddedStream {
  fate: () => 'works' | 'refuses' | 'is down' | 'loses the answer' = () => 'works'
  override async append(commits: readonly SequencedCommit[]) {
    const fate = this.fate()
    if (fate === 'refuses') throw Object.assign(new Error('refused'), { code: 'rejected' })
    if (fate === 'is down') throw new StreamError('unavailable', 'down')
    const answers = await super.append(commits)
    if (fate === 'loses the answer') throw Object.assign(new Error('lost'), { code: 'rejected' })
    return answers
  }
}

const run = async (seed: number) => {
  const random = randomsOf(seed)
  let isFailing = true
  const happens = (share: number) => isFailing && random() < share
  const store = new MemoryStore({
    async pause(point) {
      if (point !== 'store.place' && happens(0.03)) throw new StoreError('unavailable', 'down')
    },
  })
  const stream = new UnreliableStream()
  isFailing = false
  await store.ensureCanvas(testCanvas())
  isFailing = true
  const refusal = random()
  stream.fate = () => (happens(refusal) ? 'refuses' : happens(0.1) ? 'is down' : happens(0.1) ? 'loses the answer' : 'works')
  let nowMs = 5_000
  let groups = 0
  const newGroupId = () => `group${(groups++).toString().padStart(8, '0')}`
  const start = (failpoints = noFailpoints) =>
    createTestPublisher({
      store,
      stream,
      context: workerContext({ failpoints, random, clock: clockOf(() => nowMs) }),
      newGroupId,
      batchSize: 4,
    })
  const reader = await stream.join({ group: 'watcher', consumer: 'one', kind: 'broadcast', from: 'start' })
  let publisher = start()
  for (let round = 0; round < 150; round++) {
    if (random() < 0.15) {
      const gx = Math.floor(random() * 128)
      await store
        .place({ id: newGroupId(), requests: [paint({ gx, gy: 0, color: 1 + Math.floor(random() * 3) })], nowMs })
        .catch(() => undefined)
    }
    // A new process, which has no memory of earlier attempts, and may have a failpoint.
    const name = publisherFailpoints[Math.floor(random() * publisherFailpoints.length)]
    if (random() < 0.4) publisher = start(random() < 0.5 && name ? createFailpoints({ [name]: 'throw' }) : noFailpoints)
    await publisher.step().catch(() => undefined)
    nowMs += Math.floor(random() * 2_000)
  }
  isFailing = false
  const deadLetters = (await store.listDeadLetters({ limit: 1_000 })).length
  const stuck = (await store.listStuck({ limit: 100 })).length
  publisher = start()
  for (let round = 0; round < 200; round++) {
    await publisher.step()
    nowMs += 250
  }
  expect(await store.backlog()).toMatchObject({ unsequenced: 0, unpublished: 0 })
  expect(await store.listStuck({ limit: 100 })).toEqual([])

  const delivered = (await reader.read({ maxCount: 10_000, blockMs: 0, signal: new AbortController().signal })).map(({ commit }) => commit)
  for (const tile of tiles) {
    const log = await readWholeLog(store, { canvas: main, tile })
    expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => index + 1))
    expect(delivered.filter((commit) => commit.tile === tile).map(({ seq }) => seq)).toEqual(log.map(({ seq }) => asSeq(seq)))
    const fold = new Uint8Array(64 * 64)
    for (const { pixels } of log) for (const { position, color } of pixels) fold[position] = color
    expect(Buffer.from((await store.readBoard({ canvas: main, tile }))?.colors ?? []).equals(fold)).toBe(true)
  }
  return { deadLetters, stuck }
}

test('A2 A3 A4 after random failures, every commit is published once, in order, and boards equal the log', async () => {
  let [deadLetters, stuck] = [0, 0]
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const seen = await run(seed)
      deadLetters += seen.deadLetters
      stuck += seen.stuck
    }),
    { numRuns: 60 },
  )
  expect(deadLetters, 'commits became dead letters').toBeGreaterThan(0)
  expect(stuck, 'tiles were stuck').toBeGreaterThan(0)
})
