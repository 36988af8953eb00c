/** Webhook endpoints and their deliveries, for admins. The secret of an endpoint is in the answer that creates or replaces it, and in no other. */
import { randomUUID } from 'node:crypto'
import type { ActDetails } from '../../../lib/act.ts'
import { discordMessage } from '../../../lib/discord-message.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { deliveryStates, webhookLimits } from '../../../lib/webhook.ts'
import { testEvent } from '../../../lib/webhook-events.ts'
import { parse } from '../../parse.ts'
import { badParameter } from '../../refusals.ts'
import { storeTime } from '../../store/store-time.ts'
import { deliveryId, type EndpointChange, type WebhookEndpoint } from '../../store/webhooks-port.ts'
import { showDelivery, showEndpoint } from '../../webhooks/show-webhook.ts'
import { formerSecretMs, newSecret } from '../../webhooks/signature.ts'
import { forAdmins, type Operator } from '../callers.ts'
import { type Answer, json, noContent } from '../exchange.ts'
import { queryNumber } from '../params.ts'
import { problemAnswer } from '../problem.ts'
import { readJson } from '../read-body.ts'
import type { Call, Route } from '../router.ts'
import type { RouteParts } from './route-parts.ts'
import { createWebhookSchemas } from './webhook-schemas.ts'

const maxListed = 200
const noEndpoint: Refusal = { code: 'not_found', detail: 'There is no webhook with this id.' }
const noDelivery: Refusal = { code: 'not_found', detail: 'There is no delivery with this id. Old ones are removed.' }
const tooMany: Refusal = {
  code: 'invalid_request',
  detail: `There are ${webhookLimits.maxEndpoints} webhooks already, and there can be no more. Delete one first.`,
}

/** The path of an address can be its secret, so the record has its origin only. */
const detailsOf = ({ url, types, ...rest }: { url?: string | undefined; types?: readonly string[] | undefined }): ActDetails => ({
  ...(url !== undefined && { address: new URL(url).origin }),
  ...(types && { types: types.join(', ') }),
  ...rest,
})

type Schemas = ReturnType<typeof createWebhookSchemas>

export const webhookRoutes = (parts: RouteParts): Route[] => {
  const { callers } = parts.access
  const schemas = createWebhookSchemas({ allowPrivate: parts.webhooksAllowPrivate })
  const path = '/api/admin/webhooks'
  return [
    { method: 'GET', path, handle: forAdmins(callers, () => list(parts)) },
    { method: 'POST', path, handle: forAdmins(callers, (call, admin) => create(parts, schemas, { call, admin })) },
    { method: 'PATCH', path: `${path}/:id`, handle: forAdmins(callers, (call, admin) => change(parts, schemas, { call, admin })) },
    { method: 'DELETE', path: `${path}/:id`, handle: forAdmins(callers, (call, admin) => remove(parts, call, admin)) },
    { method: 'POST', path: `${path}/:id/test`, handle: forAdmins(callers, (call, admin) => sendTest(parts, call, admin)) },
    { method: 'GET', path: `${path}/:id/deliveries`, handle: forAdmins(callers, (call) => listDeliveries(parts, call)) },
    { method: 'GET', path: '/api/admin/webhook-deliveries/:id', handle: forAdmins(callers, (call) => getDelivery(parts, call)) },
    {
      method: 'POST',
      path: '/api/admin/webhook-deliveries/:id/retry',
      handle: forAdmins(callers, (call, admin) => sendAgain(parts, call, admin)),
    },
  ]
}

const list = async ({ store }: RouteParts): Promise<Answer> => {
  const [endpoints, counts] = await Promise.all([store.webhooks.listEndpoints(), store.webhooks.countDeliveries()])
  return json(200, { webhooks: endpoints.map((endpoint) => showEndpoint(endpoint, counts.get(endpoint.id))) })
}

interface Acting {
  readonly call: Call
  readonly admin: Operator
}

const create = async (parts: RouteParts, { creation }: Schemas, { call, admin }: Acting): Promise<Answer> => {
  const { store, clock, operations } = parts
  const read = await readJson(call.request)
  const parsed = read.ok ? parse(creation, read.value) : read
  if (!parsed.ok) return problemAnswer(parsed.refusal)
  const { url, types, format, enabled } = parsed.value
  const secret = format === 'standard' ? newSecret() : ''
  const id = randomUUID().slice(0, 8)
  const none = { disabledBecause: null, formerSecret: null }
  const endpoint: WebhookEndpoint = { id, url, format, types, enabled, secret, createdAtMs: clock.now(), ...none }
  const draft = { action: 'webhook.create', target: id, details: detailsOf({ url, types, ...{ format, enabled } }) }
  return operations.acts.run(admin, draft, async () => {
    const outcome = await store.webhooks.createEndpoint(endpoint)
    return outcome === 'limit' ? problemAnswer(tooMany) : json(201, { webhook: showEndpoint(endpoint), secret: secret || null })
  })
}

const findEndpoint = async ({ store }: RouteParts, { params }: Call) =>
  (await store.webhooks.listEndpoints()).find(({ id }) => id === params.id) ?? null

const change = async (parts: RouteParts, { change: schema }: Schemas, { call, admin }: Acting): Promise<Answer> => {
  const { store, clock, operations } = parts
  const read = await readJson(call.request)
  const parsed = read.ok ? parse(schema, read.value) : read
  if (!parsed.ok) return problemAnswer(parsed.refusal)
  const known = await findEndpoint(parts, call)
  if (!known) return problemAnswer(noEndpoint)
  const { newSecret: isReplaced, ...fields } = parsed.value
  if (isReplaced && known.format !== 'standard') return problemAnswer(badParameter('newSecret', 'is for the format standard'))
  const secret = isReplaced ? newSecret() : null
  const wanted = {
    ...fields,
    ...(fields.enabled !== undefined && { disabledBecause: null }),
    ...(secret !== null && { secret, formerSecret: { secret: known.secret, untilMs: clock.now() + formerSecretMs } }),
  } as EndpointChange
  const draft = { action: 'webhook.change', target: known.id, details: detailsOf(parsed.value) }
  return operations.acts.run(admin, draft, async () => {
    const changed = await store.webhooks.changeEndpoint(known.id, wanted)
    if (!changed) return problemAnswer(noEndpoint)
    const counts = (await store.webhooks.countDeliveries()).get(changed.id)
    return json(200, { webhook: showEndpoint(changed, counts), secret })
  })
}

const remove = (parts: RouteParts, { params }: Call, admin: Operator): Promise<Answer> =>
  parts.operations.acts.run(admin, { action: 'webhook.delete', target: params.id ?? '' }, async () =>
    (await parts.store.webhooks.removeEndpoint(params.id ?? '')) ? noContent() : problemAnswer(noEndpoint),
  )

const sendTest = async (parts: RouteParts, call: Call, admin: Operator): Promise<Answer> => {
  const { store, clock, operations } = parts
  const endpoint = await findEndpoint(parts, call)
  if (!endpoint) return problemAnswer(noEndpoint)
  if (!endpoint.enabled) return problemAnswer({ code: 'invalid_request', detail: 'The webhook is disabled. Enable it first.' })
  const event = testEvent(`test_${randomUUID()}`, clock.now())
  return operations.acts.run(admin, { action: 'webhook.test', target: endpoint.id }, async () => {
    await store.webhooks.enqueue(event, { only: endpoint.id })
    const delivery = await store.webhooks.getDelivery(deliveryId(endpoint.id, event.id))
    return delivery ? json(202, { delivery: showDelivery(delivery) }) : problemAnswer(noEndpoint)
  })
}

const listDeliveries = async (parts: RouteParts, call: Call): Promise<Answer> => {
  const limit = queryNumber(call.query, { name: 'limit', min: 1, max: maxListed, fallback: 50 })
  if (!limit.ok) return problemAnswer(limit.refusal)
  const text = call.query.get('state')
  const state = deliveryStates.find((one) => one === text) ?? null
  if (text !== null && state === null) return problemAnswer(badParameter('state', `must be ${deliveryStates.join(', ')}`))
  const endpoint = await findEndpoint(parts, call)
  if (!endpoint) return problemAnswer(noEndpoint)
  const deliveries = await parts.store.webhooks.listDeliveries({ endpoint: endpoint.id, state, limit: limit.value })
  return json(200, { deliveries: deliveries.map(showDelivery) })
}

const getDelivery = async ({ store }: RouteParts, { params }: Call): Promise<Answer> => {
  const delivery = await store.webhooks.getDelivery(params.id ?? '')
  const endpoint = delivery && (await store.webhooks.listEndpoints()).find(({ id }) => id === delivery.endpoint)
  if (!delivery || !endpoint) return problemAnswer(noDelivery)
  const { body, last } = delivery
  const sent = endpoint.format === 'discord' ? discordMessage(body) : body
  return json(200, { ...showDelivery(delivery), body: sent, answer: last?.answer ?? '' })
}

const sendAgain = (parts: RouteParts, { params }: Call, admin: Operator): Promise<Answer> =>
  parts.operations.acts.run(admin, { action: 'webhook.retry', target: params.id ?? '' }, async () => {
    const delivery = await parts.store.webhooks.sendAgain(params.id ?? '', await storeTime(parts.store, parts.clock))
    return delivery ? json(202, { delivery: showDelivery(delivery) }) : problemAnswer(noDelivery)
  })
