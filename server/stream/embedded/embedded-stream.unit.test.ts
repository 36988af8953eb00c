import { expect, test } from 'vitest'
import { asCanvasId, asEpoch } from '../../../lib/brand.ts'
import { describeStream, streamCommit } from '../contract.ts'
import { EmbeddedStream } from './embedded-stream.ts'

describeStream('the stream in process', async () => {
  const stream = new EmbeddedStream()
  return { stream, dispose: () => stream.close() }
})

const { signal } = new AbortController()

test.each([
  { maxEntries: 3, maxPixels: 100 },
  { maxEntries: 100, maxPixels: 3 },
])(
  'A6 the oldest entries go beyond $maxEntries entries or $maxPixels pixels, and a group that had not read them goes on',
  async (bounds) => {
    const stream = new EmbeddedStream(bounds)
    await stream.adopt(asCanvasId('main'), asEpoch('epoch001'))
    const reader = await stream.join({ group: 'g', consumer: 'one', kind: 'broadcast', from: 'start' })
    await stream.append([1, 2, 3, 4, 5].map((seq) => streamCommit(seq)))
    expect((await stream.info()).length).toBe(3)
    const delivered = await reader.read({ maxCount: 10, blockMs: 0, signal })
    expect(delivered.map(({ commit }) => commit.seq)).toEqual([3, 4, 5])
  },
)
