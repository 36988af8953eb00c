import { expect, test, vi } from 'vitest'
import { silentLogger } from '../observability/log.ts'
import { WriteWatch } from '../observability/write-watch.ts'
import { type Store, StoreError } from './port.ts'
import { watchStore } from './watched-store.ts'

const setUp = () => {
  const clock = { nowMs: 0 }
  const now = () => clock.nowMs
  const watch = new WriteWatch({ part: 'store', logger: silentLogger, now })
  const inner = {
    kind: 'sqlite',
    ping: vi.fn(async () => undefined),
    place: vi.fn(async () => []),
    checkWritable: vi.fn(async () => undefined),
    projections: { project: vi.fn(async () => true) },
    webhooks: {},
  }
  return { clock, watch, inner, store: watchStore(inner as unknown as Store, watch, now) }
}
const full = () => Promise.reject(new StoreError('unavailable', 'full', { reason: 'disk_full' }))

test('after a failed write, pings try to write once a second until a write succeeds', async () => {
  const { clock, watch, inner, store } = setUp()
  await store.ping()
  expect(inner.checkWritable).not.toHaveBeenCalled()

  inner.place.mockImplementationOnce(full)
  await expect(store.place({ id: 'group', requests: [], nowMs: 0 })).rejects.toMatchObject({ reason: 'disk_full' })
  expect(watch.reason).toBe('disk_full')
  inner.checkWritable.mockImplementationOnce(full)
  await store.ping()
  await store.ping()
  expect(inner.checkWritable).toHaveBeenCalledTimes(1)
  clock.nowMs = 5_000
  await store.ping()
  expect(watch.reason).toBeNull()
})

test('a failed write of a projection is reported, too', async () => {
  const { watch, inner, store } = setUp()
  inner.projections.project.mockImplementationOnce(full)
  await expect(store.projections.project({} as never)).rejects.toMatchObject({ code: 'unavailable' })
  expect(watch.reason).toBe('disk_full')
})
