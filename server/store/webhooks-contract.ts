/** The part of the store's contract about webhook endpoints and their deliveries. */
import { describe, expect, test } from 'vitest'
import { asCanvasId, asSeq } from '../../lib/brand.ts'
import { type WebhookEvent, webhookLimits } from '../../lib/webhook.ts'
import { boardBefore } from '../../lib/webhook-events.ts'
import { testCanvas } from './store.fixture.ts'
import type { StoreContext } from './store-context.fixture.ts'
import { type AttemptReport, maxAtOnce, tooManyWait, type WebhookEndpoint, type WebhookStore } from './webhooks-port.ts'

const endpointOf = (id: string, more: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  id,
  url: 'https://example.com/hook',
  format: 'standard',
  types: ['canvas.opened', 'backup.failed'],
  enabled: true,
  disabledBecause: null,
  secret: 'whsec_c2VjcmV0',
  formerSecret: null,
  createdAtMs: 1_000,
  ...more,
})
const eventOf = (id: string, more: Partial<WebhookEvent> = {}): WebhookEvent => ({
  id,
  type: 'canvas.opened',
  atMs: 5_000,
  data: { id },
  ...more,
})
const fine: AttemptReport = { status: 204, error: null, durationMs: 12, answer: '' }

/** Numbers with leading zeros, so that their order is that of the texts. */
const numbered = (count: number, id = 'e') => Array.from({ length: count }, (_, index) => eventOf(`${id}${String(index).padStart(5, '0')}`))

/** Many events in one transaction, so that the test is quick. */
const enqueueAll = async (webhooks: WebhookStore, events: readonly WebhookEvent[]) => {
  const canvas = testCanvas({ id: asCanvasId('many') })
  const after = (await webhooks.getFollowed(canvas.id))?.seq ?? null
  expect(await webhooks.follow({ after, followed: { seq: asSeq((after ?? 0) + 1), canvas: boardBefore(canvas) }, events })).toBe(true)
}

export const describeWebhooks = (given: () => StoreContext) => {
  describe('webhook endpoints', () => {
    test('an endpoint is listed as it was created and changed, in the order of creation, even after a restart', async () => {
      const { store, reopen } = given()
      expect(await store.webhooks.createEndpoint(endpointOf('b'))).toBe('created')
      expect(await store.webhooks.createEndpoint(endpointOf('a'))).toBe('created')
      expect(await store.webhooks.createEndpoint(endpointOf('a'))).toBe('exists')
      const change = {
        enabled: false,
        disabledBecause: 'gone',
        secret: 'whsec_bmV3',
        formerSecret: { secret: 'whsec_b2xk', untilMs: 9 },
      } as const
      expect(await store.webhooks.changeEndpoint('b', change)).toEqual(endpointOf('b', change))
      expect(await store.webhooks.changeEndpoint('c', change)).toBeNull()
      const { webhooks } = await reopen()
      expect(await webhooks.listEndpoints()).toEqual([endpointOf('b', change), endpointOf('a')])
    })

    test('A6 there are at most 16 endpoints, also when several are created at once', async () => {
      const { webhooks } = given().store
      const ids = Array.from({ length: webhookLimits.maxEndpoints + 2 }, (_, index) => `e${index}`)
      for (const id of ids.slice(0, -4)) expect(await webhooks.createEndpoint(endpointOf(id))).toBe('created')
      const outcomes = await Promise.all(ids.slice(-4).map((id) => webhooks.createEndpoint(endpointOf(id))))
      expect(outcomes.filter((outcome) => outcome === 'limit')).toHaveLength(2)
      expect(await webhooks.listEndpoints()).toHaveLength(webhookLimits.maxEndpoints)
    })

    test('removing an endpoint removes its deliveries and leaves those of others', async () => {
      const { webhooks } = given().store
      for (const id of ['a', 'b']) await webhooks.createEndpoint(endpointOf(id))
      await webhooks.enqueue(eventOf('one'))
      expect(await webhooks.removeEndpoint('a')).toBe(true)
      expect(await webhooks.removeEndpoint('a')).toBe(false)
      expect(await webhooks.getDelivery('a_one')).toBeNull()
      expect([...(await webhooks.countDeliveries())]).toEqual([['b', { waiting: 1, delivered: 0, dead: 0 }]])
    })
  })

  describe('webhook deliveries', () => {
    test('an event is saved once for each enabled endpoint that wants its type, however often it is repeated', async () => {
      const { store, reopen } = given()
      await store.webhooks.createEndpoint(endpointOf('a'))
      await store.webhooks.createEndpoint(endpointOf('b', { types: ['canvas.closed'] }))
      await store.webhooks.createEndpoint(endpointOf('c', { enabled: false }))
      await Promise.all([store.webhooks.enqueue(eventOf('one.x')), store.webhooks.enqueue(eventOf('one.x'))])
      await store.webhooks.enqueue(eventOf('one.x', { data: { other: true } }))
      const { webhooks } = await reopen()
      expect(await webhooks.getDelivery('a_one-x')).toEqual({
        id: 'a_one-x',
        endpoint: 'a',
        event: 'one-x',
        type: 'canvas.opened',
        body: '{"type":"canvas.opened","timestamp":"1970-01-01T00:00:05.000Z","data":{"id":"one.x"}}',
        createdAtMs: 5_000,
        state: 'waiting',
        attempts: 0,
        nextAtMs: 0,
        lease: null,
        last: null,
      })
      expect([...(await webhooks.countDeliveries()).keys()]).toEqual(['a'])
    })

    test('an event for one endpoint goes to no other, whatever types they want', async () => {
      const { webhooks } = given().store
      for (const id of ['a', 'b']) await webhooks.createEndpoint(endpointOf(id, { types: [] }))
      await webhooks.enqueue(eventOf('test', { type: 'webhook.test' }), { only: 'b' })
      await webhooks.enqueue(eventOf('test', { type: 'webhook.test' }), { only: 'nobody' })
      expect([...(await webhooks.countDeliveries()).keys()]).toEqual(['b'])
    })

    test('a claim takes the delivery that has been due for longest, and another claim does not get it before the lease expires', async () => {
      const { webhooks } = given().store
      await webhooks.createEndpoint(endpointOf('a'))
      for (const event of [eventOf('later', { atMs: 6_000 }), eventOf('first')]) await webhooks.enqueue(event)
      const claim = (lease: string, nowMs = 10_000) => webhooks.claim({ endpoint: 'a', nowMs, leaseMs: 500, lease })
      expect(await webhooks.listDue(10_000)).toEqual(['a'])
      expect(await claim('l1')).toMatchObject({ id: 'a_first', attempts: 1, nextAtMs: 10_500, lease: 'l1' })
      expect(await claim('l2')).toMatchObject({ id: 'a_later' })
      expect(await claim('l3')).toBeNull()
      expect(await webhooks.listDue(10_499)).toEqual([])
      expect(await claim('l4', 10_500)).toMatchObject({ id: 'a_first', attempts: 2, lease: 'l4' })
    })

    test('at most two attempts of an endpoint run at a time, and each delivery is claimed once, by any number of processes', async () => {
      const { webhooks } = given().store
      for (const id of ['a', 'b']) await webhooks.createEndpoint(endpointOf(id))
      await enqueueAll(webhooks, numbered(4))
      const claims = Array.from({ length: 6 }, (_, index) =>
        webhooks.claim({ endpoint: 'a', nowMs: 6_000, leaseMs: 500, lease: `l${index}` }).catch(() => null),
      )
      const claimed = (await Promise.all(claims)).flatMap((one) => one ?? [])
      expect(claimed.length).toBeGreaterThan(0)
      expect(claimed.length).toBeLessThanOrEqual(maxAtOnce)
      expect(new Set(claimed.map(({ id }) => id)).size).toBe(claimed.length)
      expect(await webhooks.claim({ endpoint: 'b', nowMs: 6_000, leaseMs: 500, lease: 'other' })).not.toBeNull()
    })

    test('an attempt is settled by its lease only, and its report is kept', async () => {
      const { webhooks } = given().store
      await webhooks.createEndpoint(endpointOf('a'))
      await webhooks.enqueue(eventOf('one'))
      const settle = (lease: string, more: object) => {
        const settlement = { id: 'a_one', lease, state: 'waiting', nextAtMs: 7_000, counts: true, report: null } as const
        return webhooks.settle({ ...settlement, ...more })
      }
      await webhooks.claim({ endpoint: 'a', nowMs: 6_000, leaseMs: 500, lease: 'l1' })
      const failure = { status: null, error: 'refused', durationMs: 3, answer: '', atMs: 6_003 }
      expect(await settle('l0', {})).toBe(false)
      expect(await settle('l1', { report: failure })).toBe(true)
      expect(await settle('l1', {})).toBe(false)
      expect(await webhooks.getDelivery('a_one')).toMatchObject({
        state: 'waiting',
        attempts: 1,
        nextAtMs: 7_000,
        lease: null,
        last: failure,
      })
      await webhooks.claim({ endpoint: 'a', nowMs: 7_000, leaseMs: 500, lease: 'l2' })
      expect(await settle('l2', { counts: false })).toBe(true)
      expect(await webhooks.getDelivery('a_one')).toMatchObject({ attempts: 1, last: failure })
      await webhooks.claim({ endpoint: 'a', nowMs: 7_000, leaseMs: 500, lease: 'l3' })
      await settle('l3', { state: 'delivered', report: { ...fine, atMs: 7_012 } })
      expect(await webhooks.getDelivery('a_one')).toMatchObject({ state: 'delivered', last: { ...fine, atMs: 7_012 } })
    })

    test('a disabled endpoint keeps its waiting deliveries, and none is due until it is enabled again', async () => {
      const { webhooks } = given().store
      await webhooks.createEndpoint(endpointOf('a'))
      await webhooks.enqueue(eventOf('one'))
      await webhooks.changeEndpoint('a', { enabled: false })
      expect(await webhooks.listDue(9_000)).toEqual([])
      expect(await webhooks.claim({ endpoint: 'a', nowMs: 9_000, leaseMs: 1, lease: 'l1' })).toBeNull()
      await webhooks.changeEndpoint('a', { enabled: true })
      expect(await webhooks.listDue(9_000)).toEqual(['a'])
    })

    test('a finished delivery that is sent again is due at once with all its attempts, and one that is running is left alone', async () => {
      const { webhooks } = given().store
      await webhooks.createEndpoint(endpointOf('a'))
      await webhooks.enqueue(eventOf('one'))
      const running = await webhooks.claim({ endpoint: 'a', nowMs: 6_000, leaseMs: 500, lease: 'l1' })
      expect(await webhooks.sendAgain('a_one', 6_100)).toEqual(running)
      await webhooks.settle({ id: 'a_one', lease: 'l1', state: 'dead', nextAtMs: 0, counts: true, report: { ...fine, atMs: 6_200 } })
      expect(await webhooks.sendAgain('a_one', 6_300)).toMatchObject({ state: 'waiting', attempts: 0, last: { status: 204 } })
      expect(await webhooks.sendAgain('a_two', 6_300)).toBeNull()
      expect(await webhooks.listDue(6_300)).toEqual(['a'])
    })

    test('deliveries are listed newest first, all or those of one state', async () => {
      const { webhooks } = given().store
      await webhooks.createEndpoint(endpointOf('a'))
      for (const [index, id] of ['x', 'z', 'y'].entries()) await webhooks.enqueue(eventOf(id, { atMs: 5_000 + index }))
      await webhooks.claim({ endpoint: 'a', nowMs: 6_000, leaseMs: 500, lease: 'l1' })
      await webhooks.settle({ id: 'a_x', lease: 'l1', state: 'dead', nextAtMs: 0, counts: true, report: null })
      const list = async (state: 'dead' | null, limit: number) =>
        (await webhooks.listDeliveries({ endpoint: 'a', state, limit })).map(({ event }) => event)
      expect(await list(null, 2)).toEqual(['y', 'z'])
      expect(await list('dead', 2)).toEqual(['x'])
      expect(await webhooks.listDeliveries({ endpoint: 'b', state: null, limit: 2 })).toEqual([])
    })

    test('A6 with 1,000 deliveries waiting, another one is dead, and the newest 1,000 finished ones are kept', async () => {
      const { webhooks } = given().store
      const { maxWaiting, maxFinished } = webhookLimits
      await webhooks.createEndpoint(endpointOf('a'))
      await enqueueAll(webhooks, numbered(maxWaiting + maxFinished + 2))
      expect((await webhooks.countDeliveries()).get('a')).toEqual({ waiting: maxWaiting, delivered: 0, dead: maxFinished })
      expect(await webhooks.getDelivery('a_e01001')).toBeNull()
      expect(await webhooks.getDelivery('a_e01002')).toMatchObject({ state: 'dead', last: { status: null, error: tooManyWait } })
    })
  })

  describe('what webhooks follow', () => {
    test('the events of a log entry are saved together with how far the log was followed, once', async () => {
      const { store, reopen } = given()
      await store.webhooks.createEndpoint(endpointOf('a'))
      const followed = { seq: asSeq(3), canvas: boardBefore(testCanvas()) }
      const events = [eventOf('one'), eventOf('two')]
      expect(await store.webhooks.getFollowed(followed.canvas.id)).toBeNull()
      expect(await store.webhooks.follow({ after: null, followed, events })).toBe(true)
      expect(await store.webhooks.follow({ after: null, followed, events: [eventOf('three')] })).toBe(false)
      const { webhooks } = await reopen()
      expect(await webhooks.getFollowed(followed.canvas.id)).toEqual(followed)
      expect((await webhooks.countDeliveries()).get('a')).toEqual({ waiting: 2, delivered: 0, dead: 0 })
    })

    test('a created canvas is followed from its creation, and no longer once it is removed', async () => {
      const { store } = given()
      const canvas = testCanvas({ id: asCanvasId('new'), state: 'paused' })
      await store.createCanvas(canvas)
      expect(await store.webhooks.getFollowed(canvas.id)).toEqual({ seq: 0, canvas: boardBefore(canvas) })
      await store.updateCanvas({ id: canvas.id, change: { erasing: 'delete' }, rev: 1, groupId: 'group00000000', nowMs: 1 })
      await store.removeCanvas({ id: canvas.id, epoch: canvas.epoch })
      expect(await store.webhooks.getFollowed(canvas.id)).toBeNull()
    })

    test('one of several parallel changes of the level of health is recorded, with its event', async () => {
      const { store, reopen } = given()
      await store.webhooks.createEndpoint(endpointOf('a', { types: ['health.changed'] }))
      expect(await store.webhooks.recordHealth({ from: null, to: 'well', event: null })).toBe(true)
      const changes = ['p1', 'p2', 'p3'].map((id) =>
        store.webhooks.recordHealth({ from: 'well', to: 'wrong', event: eventOf(id, { type: 'health.changed' }) }).catch(() => false),
      )
      expect((await Promise.all(changes)).filter(Boolean)).toHaveLength(1)
      const { webhooks } = await reopen()
      expect(await webhooks.getHealth()).toBe('wrong')
      expect((await webhooks.countDeliveries()).get('a')?.waiting).toBe(1)
    })
  })
}
