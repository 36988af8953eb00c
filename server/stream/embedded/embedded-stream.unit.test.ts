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

const main = asCanvasId('main')

test('A6 without other bounds, 10,000 entries remain', async () => {
  const stream = new EmbeddedStream()
  await stream.adopt(main, asEpoch('epoch001'))
  for (let seq = 1; seq <= 10_001; seq++) await stream.append([streamCommit(seq, { pixels: [] })])
  expect((await stream.info()).length).toBe(10_000)
})

test('A6 without other bounds, entries with 500,000 pixels remain', async () => {
  const stream = new EmbeddedStream()
  await stream.adopt(main, asEpoch('epoch001'))
  const [pixel] = streamCommit(1).pixels
  const append = async (seq: number, count: number) => {
    await stream.append([streamCommit(seq, { pixels: Array.from({ length: count }, () => pixel as NonNullable<typeof pixel>) })])
    return (await stream.info()).length
  }
  expect(await append(1, 250_000)).toBe(1)
  expect(await append(2, 250_000)).toBe(2)
  expect(await append(3, 1)).toBe(2)
})
