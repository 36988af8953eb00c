import { setTimeout as wait } from 'node:timers/promises'
import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { bothCores } from './setup/cores.ts'
import { fillOutbox } from './setup/fill-outbox.ts'
import { Fresco } from './setup/fresco.ts'
import { openMongo, openRedis } from './setup/publisher.ts'
import { RedisStatistics } from './setup/redis-stream.ts'
import { startServices } from './setup/services.ts'

/** Until every publisher has read the heartbeats of the others, which come once a second. */
const heartbeatsReadMs = 3_000
const deadlineMs = 60_000
/** Commits for the warm-up: the first thousands run uncompiled code, and five publishers share two cores for it. */
const warmUpCommits = 2_400
/** Together with the warm-up fewer than the stream keeps (10,000), because every entry is checked. */
const measuredCommits = { quick: 3_200, full: 7_200 }

const publishWith = async (run: RunOptions, publishers: number): Promise<Sample> => {
  const { scope, quick } = run
  const env = await startServices(scope)
  const store = await openMongo(env.MONGODB_URI)
  scope.defer(() => store.close())
  const stream = await openRedis(env.REDIS_URL)
  scope.defer(() => stream.close())

  const witness = new RedisStatistics(scope, env.REDIS_URL)
  let made = 0
  const pause = async (paused: boolean) => {
    await store.pausePublishing(paused)
    stream.signal({ kind: 'publishing' })
  }
  const fill = async (commits: number) => {
    made += await fillOutbox(store, commits, made)
  }
  /** Starts the publishers. Returns the seconds until no commit waits. */
  const drain = async (): Promise<number> => {
    const startMs = performance.now()
    await pause(false)
    const until = async (isDone: () => Promise<boolean>) => {
      while (!(await isDone())) {
        if (performance.now() - startMs > deadlineMs) throw new Error(`not all of ${made} commits were published in time`)
        await wait(20)
      }
    }
    // Counting the waiting commits would be a third of the database's work, so the stream's length is read first.
    await until(async () => (await witness.length()) >= made)
    await until(async () => {
      const { unsequenced, unpublished } = await store.backlog()
      return unsequenced + unpublished === 0
    })
    return (performance.now() - startMs) / 1_000
  }

  await pause(true)
  await fill(warmUpCommits)
  for (let started = 0; started < publishers; started++) await Fresco.start({ scope, core: bothCores, env: { ...env, ROLES: 'publisher' } })
  await wait(heartbeatsReadMs)
  await drain()

  await pause(true)
  await wait(heartbeatsReadMs)
  const before = made
  await fill(quick ? measuredCommits.quick : measuredCommits.full)
  const commits = made - before
  const { unsequenced } = await store.backlog()
  if (unsequenced !== commits) throw new Error('a publisher did not wait')
  const seconds = await drain()
  const { count, duplicates, outOfOrder } = await witness.entries()
  if (count - duplicates !== made || outOfOrder > 0) throw new Error(`${count} entries of ${made} commits, ${outOfOrder} out of order`)
  return { perSecond: commits / seconds, duplicates }
}

export const g14: Bench = {
  id: 'g14',
  title: 'Five publishers on 16 tiles ÷ one',
  method: 'A full outbox on 16 tiles.',
  needs: ['mongo', 'redis'],
  figures: [
    { id: 'ratio', what: 'commits/s of five ÷ one', unit: '×', better: 'more', pass: 1, best: 1.5 },
    { id: 'duplicates', what: 'duplicates in the stream', unit: '', better: 'less', pass: 0, best: 0 },
  ],
  sides: [
    { name: 'one', run: (run) => publishWith(run, 1) },
    { name: 'five', run: (run) => publishWith(run, 5) },
  ],
  derive: (samples) => ({
    ratio: of(samples, 'five', 'perSecond') / of(samples, 'one', 'perSecond'),
    duplicates: of(samples, 'five', 'duplicates') + of(samples, 'one', 'duplicates'),
  }),
}
