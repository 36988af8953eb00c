/** Webhook endpoints and deliveries on MongoDB. */
import type { ClientSession } from 'mongoose'
import type { CanvasId } from '../../../lib/brand.ts'
import { type WebhookEvent, type WebhookType, webhookLimits } from '../../../lib/webhook.ts'
import {
  type Claim,
  type DeliveryCounts,
  deliveryId,
  type EndpointChange,
  type FollowedCanvas,
  followedName,
  type HealthLevel,
  healthName,
  maxAtOnce,
  planDelivery,
  receives,
  type Settlement,
  type WebhookDelivery,
  type WebhookEndpoint,
  type WebhookStore,
} from '../webhooks-port.ts'
import { durable, inside, majority } from './command-options.ts'
import type { WebhookDeliveryDocument } from './document-types.ts'
import { isDuplicateKey, type MongoContext } from './mongo-context.ts'

const documentOf = ({ id, createdAtMs, nextAtMs, last, ...rest }: WebhookDelivery): WebhookDeliveryDocument => ({
  _id: id,
  ...rest,
  created: createdAtMs,
  nextAt: nextAtMs,
  last: last && JSON.stringify(last),
})

const deliveryOf = ({ _id, created, nextAt, last, ...rest }: WebhookDeliveryDocument): WebhookDelivery => ({
  id: _id,
  ...rest,
  type: rest.type as WebhookType,
  createdAtMs: created,
  nextAtMs: nextAt,
  last: last === null ? null : JSON.parse(last),
})

const newestFirst = { created: -1, _id: -1 } as const
/** Written by each change of an endpoint's deliveries that depends on their number, so that two of them conflict. */
const changed = { $inc: { changes: 1 } }

export const mongoWebhooks = (context: MongoContext): WebhookStore => ({
  ...endpointMethods(context),
  ...eventMethods(context),
  ...attemptMethods(context),
  ...readMethods(context),
})

const endpointsIn = async ({ webhooks }: MongoContext['collections'], session: ClientSession): Promise<WebhookEndpoint[]> => {
  const documents = await webhooks.find({}, inside(session)).sort({ made: 1, _id: 1 }).toArray()
  return documents.map(({ body }) => JSON.parse(body))
}

type EndpointMethods = 'createEndpoint' | 'changeEndpoint' | 'removeEndpoint'

const endpointMethods = ({ collections, transaction, now }: MongoContext): Pick<WebhookStore, EndpointMethods> => {
  const { webhooks, webhookDeliveries, settings } = collections
  const lastCreated = { _id: 'webhooks-last-created' }
  return {
    async createEndpoint(endpoint: WebhookEndpoint) {
      // The document exists before the transactions, because two inserts of it fail instead of being tried again.
      await settings.updateOne(lastCreated, { $setOnInsert: { value: '' } }, { upsert: true, ...durable })
      return transaction(async (session): Promise<'created' | 'exists' | 'limit'> => {
        const all = await webhooks.find({}, inside(session)).toArray()
        if (all.some(({ _id }) => _id === endpoint.id)) return 'exists'
        if (all.length >= webhookLimits.maxEndpoints) return 'limit'
        await settings.updateOne(lastCreated, { $set: { value: endpoint.id } }, inside(session))
        const made = Math.max(now(), ...all.map((other) => other.made + 1))
        await webhooks.insertOne({ _id: endpoint.id, made, changes: 0, body: JSON.stringify(endpoint) }, inside(session))
        return 'created'
      })
    },

    changeEndpoint: (id: string, change: EndpointChange) =>
      transaction(async (session): Promise<WebhookEndpoint | null> => {
        const document = await webhooks.findOne({ _id: id }, inside(session))
        if (!document) return null
        const endpoint: WebhookEndpoint = { ...JSON.parse(document.body), ...change }
        await webhooks.updateOne({ _id: id }, { $set: { body: JSON.stringify(endpoint) } }, inside(session))
        return endpoint
      }),

    removeEndpoint: (id: string) =>
      transaction(async (session) => {
        await webhookDeliveries.deleteMany({ endpoint: id }, inside(session))
        return (await webhooks.deleteOne({ _id: id }, inside(session))).deletedCount > 0
      }),
  }
}

/** Saves the deliveries of events, inside a transaction. */
const enqueueIn = async (
  collections: MongoContext['collections'],
  { events, only = null }: { events: readonly WebhookEvent[]; only?: string | null },
  session: ClientSession,
) => {
  const { webhooks, webhookDeliveries } = collections
  for (const receiver of events.length === 0 ? [] : await endpointsIn(collections, session)) {
    const { id: endpoint } = receiver
    const wanted = events.filter((event) => receives(receiver, event, only))
    if (wanted.length === 0) continue
    const idsOf = async (filter: object, skip = 0) => {
      const found = webhookDeliveries.find({ endpoint, ...filter }, { ...inside(session), projection: { _id: 1 } }).sort(newestFirst)
      return (await found.skip(skip).toArray()).map(({ _id }) => _id)
    }
    await webhooks.updateOne({ _id: endpoint }, changed, inside(session))
    const known = new Set(await idsOf({ _id: { $in: wanted.map(({ id }) => deliveryId(endpoint, id)) } }))
    const waiting = (await idsOf({ state: 'waiting' })).length
    const added = wanted
      .filter(({ id }) => !known.has(deliveryId(endpoint, id)))
      .map((event, index) => documentOf(planDelivery(event, { endpoint, waiting: waiting + index })))
    if (added.length === 0) continue
    await webhookDeliveries.insertMany(added, inside(session))
    const old = await idsOf({ state: { $in: ['delivered', 'dead'] } }, webhookLimits.maxFinished)
    if (old.length > 0) await webhookDeliveries.deleteMany({ _id: { $in: old } }, inside(session))
  }
}

type EventMethods = 'enqueue' | 'getFollowed' | 'follow' | 'getHealth' | 'recordHealth'

const eventMethods = ({ collections, transaction }: MongoContext): Pick<WebhookStore, EventMethods> => {
  const { settings } = collections
  const read = async (name: string, session?: ClientSession) =>
    (await settings.findOne({ _id: name }, session ? inside(session) : majority))?.value ?? null
  const save = (name: string, value: string, session: ClientSession) =>
    settings.updateOne({ _id: name }, { $set: { value } }, { ...inside(session), upsert: true })
  const followedOf = (value: string | null): FollowedCanvas | null => JSON.parse(value ?? 'null')
  /** Two first inserts of a document fail instead of being tried again. */
  const enqueuing = async <Result>(run: (session: ClientSession) => Promise<Result>): Promise<Result> => {
    try {
      return await transaction(run)
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      return transaction(run)
    }
  }
  return {
    enqueue: (event, options) => enqueuing((session) => enqueueIn(collections, { events: [event], only: options?.only ?? null }, session)),

    getFollowed: async (canvas: CanvasId) => followedOf(await read(followedName(canvas))),

    follow: ({ after, followed, events }) =>
      enqueuing(async (session) => {
        const name = followedName(followed.canvas.id)
        const seq = followedOf(await read(name, session))?.seq ?? null
        if (seq !== after) return false
        await save(name, JSON.stringify(followed), session)
        await enqueueIn(collections, { events }, session)
        return true
      }),

    getHealth: async () => (await read(healthName)) as HealthLevel | null,

    recordHealth: ({ from, to, event }) =>
      enqueuing(async (session) => {
        if ((await read(healthName, session)) !== from) return false
        await save(healthName, to, session)
        await enqueueIn(collections, { events: event ? [event] : [] }, session)
        return true
      }),
  }
}

type AttemptMethods = 'listDue' | 'claim' | 'settle' | 'sendAgain'

const attemptMethods = ({ collections, transaction }: MongoContext): Pick<WebhookStore, AttemptMethods> => {
  const { webhooks, webhookDeliveries } = collections
  const waiting = { state: 'waiting' as const }
  return {
    async listDue(nowMs: number) {
      const all = (await webhooks.find({}, majority).toArray()).map(({ body }): WebhookEndpoint => JSON.parse(body))
      const due = all
        .filter(({ enabled }) => enabled)
        .map(async ({ id: endpoint }) => {
          const found = await webhookDeliveries.findOne({ endpoint, ...waiting, nextAt: { $lte: nowMs } }, majority)
          return found ? [endpoint] : []
        })
      return (await Promise.all(due)).flat()
    },

    claim: ({ endpoint, nowMs, leaseMs, lease }: Claim) =>
      transaction(async (session): Promise<WebhookDelivery | null> => {
        const document = await webhooks.findOne({ _id: endpoint }, inside(session))
        if (!document || !(JSON.parse(document.body) as WebhookEndpoint).enabled) return null
        const running = await webhookDeliveries
          .find({ endpoint, ...waiting, nextAt: { $gt: nowMs }, lease: { $ne: null } }, inside(session))
          .limit(maxAtOnce)
          .toArray()
        // A repeated transaction may have committed the claim already.
        const own = running.find((one) => one.lease === lease)
        if (own) return deliveryOf(own)
        if (running.length >= maxAtOnce) return null
        const next = await webhookDeliveries
          .find({ endpoint, ...waiting, nextAt: { $lte: nowMs } }, inside(session))
          .sort({ nextAt: 1, created: 1, _id: 1 })
          .limit(1)
          .next()
        if (!next) return null
        await webhooks.updateOne({ _id: endpoint }, changed, inside(session))
        const change = { lease, nextAt: nowMs + leaseMs, attempts: next.attempts + 1 }
        await webhookDeliveries.updateOne({ _id: next._id }, { $set: change }, inside(session))
        return deliveryOf({ ...next, ...change })
      }),

    async settle({ id, lease, state, nextAtMs, counts, report }: Settlement) {
      const set = { state, nextAt: nextAtMs, lease: null, ...(report && { last: JSON.stringify(report) }) }
      const update = { $set: set, ...(!counts && { $inc: { attempts: -1 } }) }
      return (await webhookDeliveries.updateOne({ _id: id, lease }, update, durable)).matchedCount > 0
    },

    async sendAgain(id: string, nowMs: number) {
      const set = { ...waiting, nextAt: 0, attempts: 0, lease: null }
      await webhookDeliveries.updateOne({ _id: id, $or: [{ lease: null }, { nextAt: { $lte: nowMs } }] }, { $set: set }, durable)
      const document = await webhookDeliveries.findOne({ _id: id }, majority)
      return document && deliveryOf(document)
    },
  }
}

type ReadMethods = 'listEndpoints' | 'getDelivery' | 'listDeliveries' | 'countDeliveries'

const readMethods = ({ collections: { webhooks, webhookDeliveries } }: MongoContext): Pick<WebhookStore, ReadMethods> => ({
  async listEndpoints() {
    const documents = await webhooks.find({}, majority).sort({ made: 1, _id: 1 }).toArray()
    return documents.map(({ body }) => JSON.parse(body))
  },

  async getDelivery(id: string) {
    const document = await webhookDeliveries.findOne({ _id: id }, majority)
    return document && deliveryOf(document)
  },

  async listDeliveries({ endpoint, state, limit }) {
    const filter = { endpoint, ...(state && { state }) }
    const documents = await webhookDeliveries.find(filter, majority).sort(newestFirst).limit(limit).toArray()
    return documents.map(deliveryOf)
  },

  async countDeliveries() {
    const ids = (await webhooks.find({}, { ...majority, projection: { _id: 1 } }).toArray()).map(({ _id }) => _id)
    const groups = webhookDeliveries.aggregate<{ _id: { endpoint: string; state: keyof DeliveryCounts }; count: number }>(
      [{ $match: { endpoint: { $in: ids } } }, { $group: { _id: { endpoint: '$endpoint', state: '$state' }, count: { $sum: 1 } } }],
      majority,
    )
    const found = new Map<string, DeliveryCounts>()
    for (const { _id, count } of await groups.toArray()) {
      found.set(_id.endpoint, { ...(found.get(_id.endpoint) ?? { waiting: 0, delivered: 0, dead: 0 }), [_id.state]: count })
    }
    return found
  },
})
