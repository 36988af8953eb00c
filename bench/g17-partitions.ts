import { asCommitId, asPosition, asSeq } from '../lib/brand.ts'
import { painterOf } from '../lib/canvas.fixture.ts'
import type { SequencedCommit } from '../lib/commit.ts'
import { tilesOf } from '../lib/geometry.ts'
import { silentLogger } from '../server/observability/log.ts'
import type { GroupReader } from '../server/stream/port.ts'
import { openRedis } from '../server/stream/redis/open-redis.ts'
import { type Bench, of, type RunOptions, type Sample } from './framework/bench.ts'
import { tiledCanvas } from './setup/fill-outbox.ts'
import { RedisStatistics } from './setup/redis-stream.ts'
import { startRedis } from './setup/services.ts'

const gateways = 4
/** As many as a publisher's round. */
const batchSize = 256
const appendsAtOnce = 4
/** Fewer entries than the stream keeps after all groups have read them. */
const measuredCommits = { quick: 20_480, full: 81_920 }

const tiles = tilesOf(tiledCanvas)
const by = painterOf('bench').id

/** One commit of one pixel for each tile in turn. */
const commitAt = (index: number): SequencedCommit => {
  const seq = asSeq(Math.floor(index / tiles.length) + 1)
  const tile = tiles[index % tiles.length] ?? tiles[0]
  if (tile === undefined) throw new Error('the canvas has tiles')
  const pixels = [{ position: asPosition(seq % 65_536), color: 1, previous: 0, by }]
  const { id: canvas, epoch } = tiledCanvas
  return { id: asCommitId(`bench${index}`), canvas, epoch, tile, seq, atMs: Date.now(), cause: 'paint', pixels }
}

/** Reads until it has everything. @throws when a commit is missing, comes twice or is out of order. */
const follow = async (reader: GroupReader, commits: number) => {
  const { signal } = new AbortController()
  const heads = new Map<number, number>()
  for (let count = 0; count < commits; ) {
    const delivered = await reader.read({ maxCount: 512, blockMs: 1_000, signal })
    for (const { commit } of delivered) {
      if (commit.seq !== (heads.get(commit.tile) ?? 0) + 1)
        throw new Error(`tile ${commit.tile} has ${commit.seq} after ${heads.get(commit.tile)}`)
      heads.set(commit.tile, commit.seq)
    }
    await reader.ack(delivered.map(({ id }) => id))
    count += delivered.length
  }
}

const appendTo = async ({ scope, quick }: RunOptions, servers: number): Promise<Sample> => {
  const urls: string[] = []
  for (let i = 0; i < servers; i++) urls.push(await startRedis(scope))
  const stream = await openRedis({ urls, partitions: servers, logger: silentLogger })
  scope.defer(() => stream.close())
  await stream.adopt(tiledCanvas.id, tiledCanvas.epoch)
  const readers: GroupReader[] = []
  for (let i = 0; i < gateways; i++)
    readers.push(await stream.join({ group: `gateway-${i}`, consumer: 'one', kind: 'broadcast', from: 'start' }))
  const witnesses = urls.map((url) => new RedisStatistics(scope, url))
  const readWitnesses = () => Promise.all(witnesses.map(async (each) => ({ commands: await each.commands(), ...(await each.usage()) })))

  const commits = quick ? measuredCommits.quick : measuredCommits.full
  const before = await readWitnesses()
  const startMs = performance.now()
  const following = Promise.all(readers.map((reader) => follow(reader, commits)))
  // No two appends share a tile, because the appends of a tile must be in order.
  const append = async (appender: number) => {
    const own = Array.from({ length: commits }, (_, index) => index).filter((index) => (index % tiles.length) % appendsAtOnce === appender)
    for (let at = 0; at < own.length; at += batchSize) {
      const answers = await stream.append(own.slice(at, at + batchSize).map(commitAt))
      if (answers.some(({ kind }) => kind !== 'appended')) throw new Error('a commit was not appended')
    }
  }
  await Promise.all(Array.from({ length: appendsAtOnce }, (_, appender) => append(appender)))
  const seconds = (performance.now() - startMs) / 1_000
  await following
  const after = await readWitnesses()
  const cpuSeconds = after.map((each, index) => each.cpuSeconds - (before[index]?.cpuSeconds ?? 0))
  const commands = after.reduce((sum, each, index) => sum + each.commands - (before[index]?.commands ?? 0), 0)
  return {
    perSecond: commits / seconds,
    commands: commands / commits,
    microseconds: (cpuSeconds.reduce((sum, each) => sum + each, 0) * 1e6) / commits,
    busiestMicroseconds: (Math.max(...cpuSeconds) * 1e6) / commits,
  }
}

export const g17: Bench = {
  id: 'g17',
  title: 'Two stream partitions on two Redis servers ÷ one',
  method: `Commits of one pixel on 16 tiles, in appends of ${batchSize}, read by ${gateways} gateways.`,
  needs: ['redis'],
  figures: [
    { id: 'perSecond', what: 'commits/s of two partitions ÷ one', unit: '×', better: 'more', pass: 0.8, best: 1.2 },
    { id: 'busiest', what: 'CPU of the busiest Redis, two ÷ one', unit: '×', better: 'less', pass: 0.8, best: 0.6 },
    { id: 'commands', what: 'Redis commands per placement, two ÷ one', unit: '×', better: 'less', pass: 1.2, best: 1 },
  ],
  sides: [
    { name: 'one', run: (run) => appendTo(run, 1) },
    { name: 'two', run: (run) => appendTo(run, 2) },
  ],
  derive: (samples) => {
    const ratio = (name: string) => of(samples, 'two', name) / of(samples, 'one', name)
    return { perSecond: ratio('perSecond'), busiest: ratio('busiestMicroseconds'), commands: ratio('commands') }
  },
}
