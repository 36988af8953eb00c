/** The part of the store's contract that is about heartbeats and the last hour. */
import { describe, expect, test } from 'vitest'
import { type HeartbeatWithReport, heartbeatsKeptMs, maxHeartbeats, maxPoints } from './membership-port.ts'
import type { Store } from './port.ts'

export const describeMembership = (given: () => { store: Store; reopen: () => Promise<Store> }) => {
  describe('heartbeats and the last hour', () => {
    /** MongoDB forgets by its own clock. */
    const nowMs = Math.floor(Date.now() / 10_000) * 10_000
    const sign = (id: string, beats: number, more: Partial<HeartbeatWithReport> = {}): HeartbeatWithReport => {
      return { id, roles: ['web', 'publisher'], beats, startedAtMs: nowMs - 60_000, atMs: nowMs, report: `{"of":"${id}"}`, ...more }
    }

    test('a sign is there, as it was last given, until it is taken back', async () => {
      const { store } = given()
      await store.beat(sign('one', 1))
      await store.beat(sign('two', 1, { atMs: nowMs - 1_000 }))
      await store.beat(sign('one', 2, { report: 'changed' }))
      expect(await store.readReports()).toEqual([sign('one', 2, { report: 'changed' }), sign('two', 1, { atMs: nowMs - 1_000 })])
      const { report: _, ...light } = sign('one', 2)
      expect((await store.readHeartbeats())[0]).toEqual(light)
      await store.endBeat('one')
      await store.endBeat('nobody')
      expect((await store.readHeartbeats()).map(({ id }) => id)).toEqual(['two'])
    })

    test('A6 of very many processes the newest are read', async () => {
      const { store } = given()
      for (let index = 0; index <= maxHeartbeats; index++) await store.beat(sign(`p${index}`, 1, { atMs: nowMs - index }))
      const ids = (await store.readReports()).map(({ id }) => id)
      expect(ids).toHaveLength(maxHeartbeats)
      expect(ids[0]).toBe('p0')
      expect(ids).not.toContain(`p${maxHeartbeats}`)
    })

    test('a point is what the first one said, and outlives the process', async () => {
      await given().store.savePoint({ atMs: nowMs, body: 'first' })
      await given().store.savePoint({ atMs: nowMs, body: 'second' })
      await given().store.savePoint({ atMs: nowMs - 10_000, body: 'earlier' })
      const store = await given().reopen()
      expect(await store.readPoints({ sinceMs: 0 })).toEqual([
        { atMs: nowMs - 10_000, body: 'earlier' },
        { atMs: nowMs, body: 'first' },
      ])
      expect(await store.readPoints({ sinceMs: nowMs })).toEqual([{ atMs: nowMs, body: 'first' }])
      expect(await store.readPoints({ sinceMs: nowMs + 1 })).toEqual([])
    })

    test('A6 at most an hour of points is read', async () => {
      const { store } = given()
      const firstMs = nowMs - heartbeatsKeptMs + 10_000
      for (let index = 0; index <= maxPoints; index++) await store.savePoint({ atMs: firstMs + index * 10_000, body: `${index}` })
      const points = await store.readPoints({ sinceMs: 0 })
      expect(points).toHaveLength(maxPoints)
      expect([points[0]?.body, points.at(-1)?.body]).toEqual(['1', `${maxPoints}`])
    })
  })
}
