import { expect, test } from 'vitest'
import { asCanvasId, asEpoch, asTile } from '../../lib/brand.ts'
import { createExpensiveReads } from '../limits/expensive-reads.ts'
import { createTileAges } from './tile-ages.ts'

const ref = (tile: number) => ({ canvas: asCanvasId('main'), tile: asTile(tile) })

const setUp = () => {
  const clock = { nowMs: 1_000 }
  const reads: number[] = []
  const waiting: (() => void)[] = []
  const ages = createTileAges({
    store: {
      async readAges({ tile }) {
        reads.push(tile)
        await new Promise<void>((resolve) => waiting.push(resolve))
        return { epoch: asEpoch('epoch001'), codes: Uint8Array.of(tile, 7) }
      },
    },
    expensiveReads: createExpensiveReads({ countsAddresses: true }),
    costly: { part: (make) => make() },
    now: () => clock.nowMs,
    monotonicNow: () => clock.nowMs,
  })
  const get = (tile: number, address: string) => ages.get(ref(tile), { encoding: 'identity', address })
  return { clock, reads, waiting, get }
}

test('H1 requests of the same time share one read, which is kept for longer the longer it took', async () => {
  const { clock, reads, waiting, get } = setUp()
  const both = [get(0, '1.1.1.1'), get(0, '1.1.1.1')]
  clock.nowMs += 500
  waiting.shift()?.()
  for (const answer of await Promise.all(both))
    expect(answer).toMatchObject({ ok: true, value: { atMs: 1_000, bytes: Uint8Array.of(0, 7) } })
  clock.nowMs += 9_999
  expect(await get(0, '2.2.2.2')).toMatchObject({ ok: true, value: { atMs: 1_000 } })
  expect(reads).toEqual([0])
  clock.nowMs += 2
  const later = get(0, '2.2.2.2')
  waiting.shift()?.()
  expect(await later).toMatchObject({ ok: true, value: { atMs: 11_501 } })
  expect(reads).toEqual([0, 0])
})

test('H1 A6 a read beyond the slots is refused, and one of a kept tile needs no slot', async () => {
  const { waiting, get } = setUp()
  const first = get(0, '1.1.1.1')
  waiting.shift()?.()
  await first
  const [second, third] = [get(1, '1.1.1.1'), get(2, '2.2.2.2')]
  expect(await get(3, '3.3.3.3')).toMatchObject({ ok: false, refusal: { code: 'overloaded' } })
  expect(await get(0, '3.3.3.3')).toMatchObject({ ok: true })
  for (const end of waiting) end()
  expect([await second, await third]).toMatchObject([{ ok: true }, { ok: true }])
})
