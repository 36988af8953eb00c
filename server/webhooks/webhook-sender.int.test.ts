/** Senders on both real stores, with endpoints on this machine. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../clock.ts'
import { noFailpoints } from '../failpoints.ts'
import { silentLogger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import { paint, testCanvas } from '../store/store.fixture.ts'
import { describeOnStores, type TestStore } from '../store/test-stores.fixture.ts'
import { killAtExit } from '../testing/kill-at-exit.ts'
import { endpointOf, startReceiver } from './receiver.fixture.ts'
import { WebhookSender } from './webhook-sender.ts'

const eventOf = (id: string) => ({ id, type: 'canvas.opened', atMs: Date.now(), data: { id } }) as const
const waitMs = { timeout: 10_000, interval: 20 }

describeOnStores('senders of webhooks', (makeStore) => {
  let under: TestStore
  let store: Store
  const ends: (() => Promise<void>)[] = []
  beforeEach(async () => {
    under = makeStore()
    store = await under.open()
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
    await store.close()
    await under.dispose()
  })

  const receive = async (...args: Parameters<typeof startReceiver>) => {
    const receiver = await startReceiver(...args)
    ends.push(() => receiver.close())
    return receiver
  }
  const senderOf = (on: Store, skewMs = 0) => {
    const outcomes: string[] = []
    // On SQLite the clock of the process counts, on MongoDB that of the server.
    const clock = { ...systemClock, now: () => Date.now() + skewMs }
    const context = { logger: silentLogger, failpoints: noFailpoints, clock, random: () => 0 }
    const from: Pick<Store, 'webhooks' | 'serverTime'> = { webhooks: on.webhooks, serverTime: async () => clock.now() }
    const onOutcome = (outcome: string) => void outcomes.push(outcome)
    const sender = new WebhookSender({ store: from, context, allowPrivate: true, onOutcome, stopMs: 50 })
    return { sender, outcomes }
  }
  const run = (on: Store) => {
    const controller = new AbortController()
    const made = senderOf(on)
    const running = made.sender.run(controller.signal)
    ends.push(async () => {
      controller.abort()
      await running
    })
    return made
  }
  const deliveredTo = (endpoint: string) => store.webhooks.countDeliveries().then((counts) => counts.get(endpoint)?.delivered ?? 0)

  test('two processes divide the work: each event arrives once, signed, with an id that stays the same', async () => {
    const receiver = await receive((response) => response.end())
    await store.webhooks.createEndpoint(endpointOf('a', receiver.url))
    for (let index = 0; index < 30; index++) await store.webhooks.enqueue(eventOf(`e${index}`))
    run(store)
    if (under.kind === 'mongo') {
      const other = await under.open()
      ends.push(() => other.close())
      run(other)
    }
    await vi.waitFor(async () => expect(await deliveredTo('a')).toBe(30), waitMs)
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(30)
    expect(receiver.received).toHaveLength(30)
    const [first] = receiver.received
    const signed = first?.headers as Record<string, string>
    const verified = new Webhook(endpointOf('a', '').secret).verify(first?.body ?? '', signed)
    expect(verified).toMatchObject({ data: { id: signed['webhook-id'] } })
  })

  test('an endpoint that hangs has two connections, and delays neither another endpoint nor a placement', async () => {
    const hanging = await receive(() => undefined)
    const quick = await receive((response) => response.end())
    await store.ensureCanvas(testCanvas())
    for (const [id, { url }] of Object.entries({ a: hanging, b: quick })) await store.webhooks.createEndpoint(endpointOf(id, url))
    for (let index = 0; index < 6; index++) await store.webhooks.enqueue(eventOf(`e${index}`))
    run(store)
    await vi.waitFor(async () => expect(await deliveredTo('b')).toBe(6), waitMs)
    const [outcome] = await store.place({ id: 'group00000001', requests: [paint({ gx: 0, gy: 0, color: 1 })], nowMs: Date.now() })
    expect(outcome?.kind).toBe('done')
    expect(hanging.received).toHaveLength(2)
    expect((await store.webhooks.countDeliveries()).get('a')).toEqual({ waiting: 6, delivered: 0, dead: 0 })
  })

  test('a failure is tried again after five seconds, an endpoint that is gone is disabled, and one that limits is left alone', async () => {
    const statuses: Record<string, number> = { '/failing': 500, '/gone': 410, '/limiting': 429 }
    const receiver = await receive((response, { path }) => response.writeHead(statuses[path] ?? 200, { 'retry-after': '30' }).end('no'))
    for (const name of ['failing', 'gone', 'limiting']) await store.webhooks.createEndpoint(endpointOf(name, `${receiver.url}/${name}`))
    for (const id of ['one', 'two', 'three']) await store.webhooks.enqueue(eventOf(id))
    const sendAll = async ({ sender }: ReturnType<typeof senderOf>) => {
      for (let step = 0; step < 2; step++) {
        await sender.step()
        await sender.settled()
      }
    }
    await sendAll(senderOf(store))
    const pathsOf = (path: string) => receiver.received.filter((one) => one.path === path).length
    expect([pathsOf('/failing'), pathsOf('/gone'), pathsOf('/limiting')]).toEqual([3, 2, 2])
    expect((await store.webhooks.listEndpoints())[1]).toMatchObject({ enabled: false, disabledBecause: 'gone' })
    expect(await store.webhooks.getDelivery('limiting_one')).toMatchObject({ state: 'waiting', attempts: 0 })
    const failed = await store.webhooks.getDelivery('failing_one')
    expect(failed).toMatchObject({ state: 'waiting', attempts: 1, last: { status: 500, error: 'Status 500.', answer: 'no' } })
    await sendAll(senderOf(store, 6_000))
    // The limit of the endpoint is new to the second sender, and its third delivery is due.
    expect([pathsOf('/failing'), pathsOf('/limiting')]).toEqual([6, 3])
  })

  test('A7 a stop ends an attempt that hangs, and the attempt does not count', async () => {
    const receiver = await receive(() => undefined)
    await store.webhooks.createEndpoint(endpointOf('a', receiver.url))
    await store.webhooks.enqueue(eventOf('one'))
    run(store)
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), waitMs)
    await ends.pop()?.()
    expect(await store.webhooks.getDelivery('a_one')).toMatchObject({ state: 'waiting', attempts: 0, nextAtMs: 0, lease: null })
  })

  test.each([
    ['webhook.before-send', 1],
    ['webhook.after-send', 2],
  ])('A7 after a kill at %s, another process makes the delivery with the same id', async (failpoint, requests) => {
    const receiver = await receive((response) => response.end())
    await store.webhooks.createEndpoint(endpointOf('a', receiver.url))
    await store.webhooks.enqueue(eventOf('one'))
    await store.close()
    const { DATA_DIR, MONGODB_URI = '' } = under.env
    const place = DATA_DIR === undefined ? MONGODB_URI : join(DATA_DIR, 'fresco.db')
    const child = fork(new URL('./killed-sender.fixture.ts', import.meta.url), [under.kind, place, failpoint], { stdio: 'ignore' })
    killAtExit(child)
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL'])
    store = await under.open()
    const early = senderOf(store)
    await early.sender.step()
    await early.sender.settled()
    expect(early.outcomes).toEqual([])
    const { sender, outcomes } = senderOf(store, 31_000)
    await sender.step()
    await sender.settled()
    expect(outcomes).toEqual(['delivered'])
    expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(Array(requests).fill('one'))
  })
})
