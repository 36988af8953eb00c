/** Webhook endpoints and deliveries in SQLite. */
import type { DatabaseSync } from 'node:sqlite'
import type { CanvasId, Seq } from '../../../lib/brand.ts'
import { type DeliveryState, type WebhookEvent, webhookLimits } from '../../../lib/webhook.ts'
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
} from '../webhooks-port.ts'
import { query } from './query.ts'
import { createSettingReader, createSettingWriter } from './settings.ts'
import type { Transaction } from './transactions.ts'

interface DeliveryRow extends Omit<WebhookDelivery, 'last'> {
  readonly last: string | null
}

const columns = 'id, endpoint, event, type, body, created AS createdAtMs, state, attempts, next_at AS nextAtMs, lease, last'

const deliveryOf = ({ last, ...row }: DeliveryRow): WebhookDelivery => ({ ...row, last: last === null ? null : JSON.parse(last) })

const createEndpointReader = (database: DatabaseSync) => {
  const list = query<{ body: string }>(database, 'SELECT body FROM webhooks ORDER BY made')
  return () => list.all().map(({ body }) => JSON.parse(body) as WebhookEndpoint)
}

/** For the reader's thread. */
export const createSqliteWebhookReader = (database: DatabaseSync) => {
  const listEndpoints = createEndpointReader(database)
  const readSetting = createSettingReader(database)
  const delivery = query<DeliveryRow>(database, `SELECT ${columns} FROM webhook_deliveries WHERE id = ?`)
  const newest = query<DeliveryRow>(
    database,
    `SELECT ${columns} FROM webhook_deliveries WHERE endpoint = ? AND (? IS NULL OR state = ?) ORDER BY created DESC, id DESC LIMIT ?`,
  )
  const due = query<{ one: 1 }>(
    database,
    "SELECT 1 AS one FROM webhook_deliveries WHERE endpoint = ? AND state = 'waiting' AND next_at <= ? LIMIT 1",
  )
  const counts = query<{ endpoint: string; state: DeliveryState; deliveries: number }>(
    database,
    'SELECT endpoint, state, count(*) AS deliveries FROM webhook_deliveries GROUP BY endpoint, state',
  )
  return {
    listEndpoints,
    getFollowed: (canvas: CanvasId): FollowedCanvas | null => JSON.parse(readSetting(followedName(canvas)) ?? 'null'),
    getHealth: () => (readSetting(healthName) ?? null) as HealthLevel | null,
    listDue: (nowMs: number) => listEndpoints().flatMap(({ id, enabled }) => (enabled && due.get(id, nowMs) ? [id] : [])),
    getDelivery(id: string): WebhookDelivery | null {
      const row = delivery.get(id)
      return row ? deliveryOf(row) : null
    },
    listDeliveries: ({ endpoint, state, limit }: { endpoint: string; state: DeliveryState | null; limit: number }) =>
      newest.all(endpoint, state, state, limit).map(deliveryOf),
    countDeliveries() {
      const found = new Map<string, DeliveryCounts>()
      for (const { endpoint, state, deliveries } of counts.iterate()) {
        found.set(endpoint, { ...(found.get(endpoint) ?? { waiting: 0, delivered: 0, dead: 0 }), [state]: deliveries })
      }
      return found
    },
  }
}

/** Saves the deliveries of an event, inside a transaction. */
const createEnqueue = (database: DatabaseSync) => {
  const listEndpoints = createEndpointReader(database)
  const known = query<{ id: string }>(database, 'SELECT id FROM webhook_deliveries WHERE id = ?')
  const waiting = query<{ waiting: number }>(
    database,
    "SELECT count(*) AS waiting FROM webhook_deliveries WHERE endpoint = ? AND state = 'waiting'",
  )
  const add = database.prepare(
    'INSERT INTO webhook_deliveries (id, endpoint, event, type, body, created, state, attempts, next_at, last) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?)',
  )
  const prune = database.prepare(
    `DELETE FROM webhook_deliveries WHERE id IN (
       SELECT id FROM webhook_deliveries WHERE endpoint = ? AND state <> 'waiting'
       ORDER BY created DESC, id DESC LIMIT -1 OFFSET ${webhookLimits.maxFinished})`,
  )
  return (event: WebhookEvent, only: string | null) => {
    for (const { id: endpoint } of listEndpoints().filter((one) => receives(one, event, only))) {
      if (known.get(deliveryId(endpoint, event.id))) continue
      const made = planDelivery(event, { endpoint, waiting: waiting.get(endpoint)?.waiting ?? 0 })
      const { id, type, body, createdAtMs, state, nextAtMs, last } = made
      add.run(id, endpoint, made.event, type, body, createdAtMs, state, nextAtMs, last && JSON.stringify(last))
      prune.run(endpoint)
    }
  }
}

const createEndpointWriter = (database: DatabaseSync, transaction: Transaction) => {
  const listEndpoints = createEndpointReader(database)
  const add = database.prepare('INSERT INTO webhooks (id, made, body) SELECT ?, coalesce(max(made) + 1, 0), ? FROM webhooks')
  const save = database.prepare('UPDATE webhooks SET body = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM webhooks WHERE id = ?')
  const removeDeliveries = database.prepare('DELETE FROM webhook_deliveries WHERE endpoint = ?')
  return {
    createEndpoint: (endpoint: WebhookEndpoint) =>
      transaction((): 'created' | 'exists' | 'limit' => {
        const all = listEndpoints()
        if (all.some(({ id }) => id === endpoint.id)) return 'exists'
        if (all.length >= webhookLimits.maxEndpoints) return 'limit'
        add.run(endpoint.id, JSON.stringify(endpoint))
        return 'created'
      }),
    changeEndpoint: (id: string, change: EndpointChange) =>
      transaction((): WebhookEndpoint | null => {
        const endpoint = listEndpoints().find((one) => one.id === id)
        if (!endpoint) return null
        const changed = { ...endpoint, ...change }
        save.run(JSON.stringify(changed), id)
        return changed
      }),
    removeEndpoint: (id: string) =>
      transaction(() => {
        removeDeliveries.run(id)
        return remove.run(id).changes > 0
      }),
  }
}

/** Sets the times of deliveries. A power failure may take back an attempt, which is then made again with the same id, so no write waits for the disk. */
const createAttempts = (database: DatabaseSync, lightTransaction: Transaction) => {
  const { listEndpoints, getDelivery } = createSqliteWebhookReader(database)
  const running = query<{ running: number }>(
    database,
    "SELECT count(*) AS running FROM webhook_deliveries WHERE endpoint = ? AND state = 'waiting' AND lease IS NOT NULL AND next_at > ?",
  )
  const due = query<{ id: string }>(
    database,
    "SELECT id FROM webhook_deliveries WHERE endpoint = ? AND state = 'waiting' AND next_at <= ? ORDER BY next_at, created, id LIMIT 1",
  )
  const lend = database.prepare('UPDATE webhook_deliveries SET lease = ?, next_at = ?, attempts = attempts + 1 WHERE id = ?')
  const end = database.prepare(
    'UPDATE webhook_deliveries SET state = ?, next_at = ?, attempts = attempts - ?, last = coalesce(?, last), lease = NULL WHERE id = ? AND lease = ?',
  )
  const again = database.prepare(
    "UPDATE webhook_deliveries SET state = 'waiting', next_at = 0, attempts = 0, lease = NULL WHERE id = ? AND (lease IS NULL OR next_at <= ?)",
  )
  return {
    claim: ({ endpoint, nowMs, leaseMs, lease }: Claim) =>
      lightTransaction((): WebhookDelivery | null => {
        if (!listEndpoints().some(({ id, enabled }) => id === endpoint && enabled)) return null
        if ((running.get(endpoint, nowMs)?.running ?? 0) >= maxAtOnce) return null
        const next = due.get(endpoint, nowMs)
        if (!next) return null
        lend.run(lease, nowMs + leaseMs, next.id)
        return getDelivery(next.id)
      }),
    settle: ({ id, lease, state, nextAtMs, counts, report }: Settlement) =>
      lightTransaction(() => end.run(state, nextAtMs, Number(!counts), report && JSON.stringify(report), id, lease).changes > 0),
    sendAgain: (id: string, nowMs: number) =>
      lightTransaction(() => {
        again.run(id, nowMs)
        return getDelivery(id)
      }),
  }
}

/** For the writer's thread. */
export const createSqliteWebhooks = (database: DatabaseSync, transactions: { transaction: Transaction; lightTransaction: Transaction }) => {
  const { transaction, lightTransaction } = transactions
  const enqueue = createEnqueue(database)
  const { getFollowed, getHealth } = createSqliteWebhookReader(database)
  const saveSetting = createSettingWriter(database)
  return {
    ...createEndpointWriter(database, transaction),
    ...createAttempts(database, lightTransaction),
    enqueue: (event: WebhookEvent, options?: { only: string }) => transaction(() => enqueue(event, options?.only ?? null)),
    // The log has the entry until the cursor is on the disk.
    follow: (options: { after: Seq | null; followed: FollowedCanvas; events: readonly WebhookEvent[] }) =>
      lightTransaction(() => {
        const { after, followed, events } = options
        const { id } = followed.canvas
        if ((getFollowed(id)?.seq ?? null) !== after) return false
        saveSetting(followedName(id), JSON.stringify(followed))
        for (const event of events) enqueue(event, null)
        return true
      }),
    recordHealth: (options: { from: HealthLevel | null; to: HealthLevel; event: WebhookEvent | null }) =>
      transaction(() => {
        const { from, to, event } = options
        if (getHealth() !== from) return false
        saveSetting(healthName, to)
        if (event) enqueue(event, null)
        return true
      }),
  }
}
