/** The part of the store's contract about heartbeats and the points of the last hour. */
import { describe, expect, test } from 'vitest'
import { type HeartbeatWithReport, heartbeatsKeptMs, maxHeartbeats, maxPoints } from './membership-port.ts'
import type { StoreContext } from './store-context.fixture.ts'

export const describeMembership = (given: () => StoreContext) => {
  describe('heartbeats and points', () => {
    /** The present time, because MongoDB removes expired documents by its own clock. */
    const nowMs = Math.floor(Date.now() / 10_000) * 10_000
    const heartbeat = (id: string, beats: number, more: Partial<HeartbeatWithReport> = {}): HeartbeatWithReport => {
      return { id, roles: ['web', 'publisher'], beats, startedAtMs: nowMs - 60_000, atMs: nowMs, report: `{"of":"${id}"}`, ...more }
    }

    test('the latest heartbeat of a process is read until the process removes it', async () => {
      const { store } = given()
      await store.beat(heartbeat('one', 1))
      await store.beat(heartbeat('two', 1, { atMs: nowMs - 1_000 }))
      await store.beat(heartbeat('one', 2, { report: 'changed' }))
      expect(await store.readReports()).toEqual([heartbeat('one', 2, { report: 'changed' }), heartbeat('two', 1, { atMs: nowMs - 1_000 })])
      const { report: _, ...withoutReport } = heartbeat('one', 2)
      expect((await store.readHeartbeats())[0]).toEqual(withoutReport)
      await store.endBeat('one')
      await store.endBeat('nobody')
      expect((await store.readHeartbeats()).map(({ id }) => id)).toEqual(['two'])
    })

    test('A6 at most the newest 200 heartbeats are read', async () => {
      const { store } = given()
      for (let index = 0; index <= maxHeartbeats; index++) await store.beat(heartbeat(`p${index}`, 1, { atMs: nowMs - index }))
      const ids = (await store.readReports()).map(({ id }) => id)
      expect(ids).toHaveLength(maxHeartbeats)
      expect(ids[0]).toBe('p0')
      expect(ids).not.toContain(`p${maxHeartbeats}`)
    })

    test('the first point of a time is kept, even after a restart', async () => {
      const { store: before, reopen } = given()
      await before.savePoint({ atMs: nowMs, body: 'first' })
      await before.savePoint({ atMs: nowMs, body: 'second' })
      await before.savePoint({ atMs: nowMs - 10_000, body: 'earlier' })
      const store = await reopen()
      expect(await store.readPoints({ sinceMs: 0 })).toEqual([
        { atMs: nowMs - 10_000, body: 'earlier' },
        { atMs: nowMs, body: 'first' },
      ])
      expect(await store.readPoints({ sinceMs: nowMs })).toEqual([{ atMs: nowMs, body: 'first' }])
      expect(await store.readPoints({ sinceMs: nowMs + 1 })).toEqual([])
    })

    test('A6 at most the points of one hour are read', async () => {
      const { store } = given()
      // The oldest point must not expire while this test runs.
      const firstMs = nowMs - heartbeatsKeptMs + 10 * 60_000
      for (let index = 0; index <= maxPoints; index++) await store.savePoint({ atMs: firstMs + index * 10_000, body: `${index}` })
      const points = await store.readPoints({ sinceMs: 0 })
      expect(points).toHaveLength(maxPoints)
      expect([points[0]?.body, points.at(-1)?.body]).toEqual(['1', `${maxPoints}`])
    })
  })
}
