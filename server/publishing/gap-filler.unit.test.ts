import { expect, test } from 'vitest'
import { asSeq } from '../../lib/brand.ts'
import { silentLogger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import { streamCommit } from '../stream/contract.ts'
import type { EventStream } from '../stream/port.ts'
import { GapFiller } from './gap-filler.ts'

/** The seqs that are appended again after the stream lost all commits of a tile before `seq`. */
const reappendedBefore = async (seq: number) => {
  const appended: number[] = []
  const store = {
    readCommits: async ({ after, limit }: { after: number; limit: number }) => ({
      kind: 'page',
      commits: Array.from({ length: Math.min(limit, seq - after) }, (_, index) => streamCommit(after + index + 1, { pixels: [] })),
    }),
  } as unknown as Store
  const stream = {
    seed: async () => undefined,
    append: async (commits: readonly { seq: number }[]) => void appended.push(...commits.map((each) => each.seq)),
  } as unknown as EventStream
  const filler = new GapFiller({ store, stream, logger: silentLogger, batchSize: 256 })
  await filler.fill(streamCommit(seq, { pixels: [] }), { kind: 'gap', head: asSeq(0) })
  return [appended.length, appended[0], appended.at(-1)]
}

test('A6 10,000 commits of a tile are appended again after lost data, and no older ones', async () => {
  expect(await reappendedBefore(10_001)).toEqual([10_000, 1, 10_000])
  expect(await reappendedBefore(10_002)).toEqual([10_000, 2, 10_001])
})
