/** From changes of a canvas to deliveries, and from an overview to an event of health. On both real stores. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asSeq } from '../../lib/brand.ts'
import { controlTile } from '../../lib/control-log.ts'
import { healthyOverview } from '../../lib/overview.fixture.ts'
import { noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import { testCanvas, updateCanvas } from '../store/store.fixture.ts'
import { main } from '../store/store-context.fixture.ts'
import { describeOnStores, type TestStore } from '../store/test-stores.fixture.ts'
import { HealthWatch, patienceMs } from './health-watch.ts'
import { endpointOf } from './receiver.fixture.ts'
import { WebhookProjection } from './webhook-projection.ts'

describeOnStores('what webhooks report', (makeStore) => {
  let under: TestStore
  let store: Store
  beforeEach(async () => {
    under = makeStore()
    store = await under.open()
    await store.webhooks.createEndpoint(
      endpointOf('a', '', { types: ['canvas.opened', 'canvas.closed', 'canvas.changed', 'health.changed'] }),
    )
  })
  afterEach(async () => {
    await store.close()
    await under.dispose()
  })

  const publish = async () => {
    await store.sequence({ limit: 100 })
    await store.markAsPublished(await store.getUnpublished({ limit: 100 }), 2_000)
  }
  const projection = () => new WebhookProjection({ store, logger: silentLogger, publicUrl: null })
  const events = async () => {
    const found = await store.webhooks.listDeliveries({ endpoint: 'a', state: null, limit: 100 })
    return found.map(({ event }) => event.replace(/^main_\w{8}_/, '')).sort()
  }
  const catchUp = async (head: number) => {
    const canvas = await store.getCanvas(main)
    if (canvas) await projection().catchUp(canvas, new Map([[controlTile, asSeq(head)]]))
  }

  test('each change is reported once, however many processes follow the log and however often', async () => {
    await store.createCanvas(testCanvas({ state: 'paused' }))
    await updateCanvas(store, { state: 'open' })
    await updateCanvas(store, { title: 'Winter' })
    await updateCanvas(store, { state: 'closed' })
    await publish()
    const canvas = await store.getCanvas(main)
    if (!canvas) throw new Error('no canvas')
    const log = await store.readCommits({ canvas: main, tile: controlTile, after: asSeq(0), limit: 10 })
    const commits = log?.kind === 'page' ? log.commits : []
    expect(commits).toHaveLength(3)
    // The first entry is lost in the stream, and the others come to two processes.
    const some = [projection(), projection()]
    await Promise.all(some.map((one) => one.project(canvas, { tile: controlTile }, commits.slice(1, 2)).catch(() => undefined)))
    await catchUp(2)
    expect(await events()).toEqual(['1_open', '2_changed'])
    await some[0]?.project(canvas, { tile: controlTile }, commits)
    await catchUp(3)
    expect(await events()).toEqual(['1_open', '2_changed', '3_closed'])
  })

  test('a board from before there were webhooks is followed from its newest entry on, and trimmed entries are reported as one change', async () => {
    await store.ensureCanvas(testCanvas())
    await under.change({
      sql: "DELETE FROM settings WHERE name LIKE 'webhooks-followed%'",
      mongo: (database) => database.collection('settings').deleteMany({}),
    })
    await updateCanvas(store, { title: 'Before' })
    await publish()
    await catchUp(1)
    expect(await events()).toEqual([])
    await updateCanvas(store, { title: 'Lost' })
    await publish()
    await store.trim({ publishedBeforeMs: 3_000, keysBeforeMs: 0 })
    await under.change({ sql: 'DELETE FROM outbox', mongo: (database) => database.collection('outboxes').deleteMany({}) })
    await updateCanvas(store, { cooldownMs: 7 })
    await publish()
    await catchUp(3)
    expect(await events()).toEqual(['3_changed'])
    const [reported] = await store.webhooks.listDeliveries({ endpoint: 'a', state: null, limit: 1 })
    expect(JSON.parse(reported?.body ?? '').data.changes.map(({ field }: { field: string }) => field)).toEqual(['title', 'cooldownMs'])
  })

  test('a change of health that lasts is reported once by all processes, and a short one is not', async () => {
    const state = { isPaused: false, nowMs: 0 }
    const clock = { now: () => 1_000, monotonicNow: () => state.nowMs }
    const context = { logger: silentLogger, failpoints: noFailpoints, clock, random: Math.random }
    const heartbeat = { roles: ['publisher'], beats: 1, startedAtMs: 0, atMs: 0 }
    const members = ['p1', 'p2'].map((id) => ({ id, ...heartbeat }))
    const watchOf = (self: string, alive = members) =>
      new HealthWatch({
        store,
        context,
        readOverview: async () => healthyOverview,
        isPaused: () => state.isPaused,
        self,
        alive: () => alive,
      })
    // The second process also acts, as after it has lost the first one.
    const watches = [watchOf('p1'), watchOf('p2'), watchOf('p2', [])]
    const stepAt = async (nowMs: number, isPaused: boolean) => {
      Object.assign(state, { nowMs, isPaused })
      await Promise.all(watches.map((watch) => watch.step()))
    }
    const levels = async () =>
      (await store.webhooks.listDeliveries({ endpoint: 'a', state: null, limit: 10 })).map(({ body }) => JSON.parse(body).data)
    await stepAt(0, false)
    await stepAt(patienceMs, false)
    expect([await store.webhooks.getHealth(), await levels()]).toEqual(['well', []])
    await stepAt(20_000, true)
    await stepAt(20_000 + patienceMs - 1, true)
    await stepAt(20_000 + patienceMs, false)
    expect(await levels()).toEqual([])
    await stepAt(40_000, true)
    await stepAt(40_000 + patienceMs, true)
    await stepAt(60_000, true)
    expect(await levels()).toMatchObject([{ level: 'waiting', was: 'well', title: expect.stringMatching(/paused/i) }])
  })
})
