/** Webhook endpoints and their deliveries, over HTTP. */
import { expect, test } from 'vitest'
import { webhookLimits } from '../../lib/webhook.ts'
import { asAdmin, bodyOf, expectProblem, start } from './api-expectations.fixture.ts'

const path = '/api/admin/webhooks'
const hook = { url: 'https://example.com/hook/secret-path?key=secret', types: ['canvas.closed', 'canvas.opened'] }

const setUp = async () => {
  const api = await start()
  const send = (method: string, to: string, json?: unknown) =>
    api.send(method, to, { headers: asAdmin, ...(json !== undefined && { json }) })
  const create = async (json: unknown = hook) => bodyOf(await send('POST', path, json))
  return { ...api, send, create }
}

test('a webhook is created with its secret, which no other answer has', async () => {
  const { send, store } = await setUp()
  const answer = await send('POST', path, hook)
  expect(answer.status).toBe(201)
  const { webhook, secret } = await bodyOf(answer)
  expect(secret).toMatch(/^whsec_[\w+/]{32}$/)
  const deliveries = { waiting: 0, delivered: 0, dead: 0 }
  const shown = { ...hook, types: ['canvas.opened', 'canvas.closed'], format: 'standard', enabled: true, disabledBecause: null }
  expect(webhook).toEqual({ id: expect.any(String), ...shown, deliveries, formerSecretUntil: null, createdAt: '2026-01-01T00:00:00.000Z' })
  expect(await bodyOf(await send('GET', path))).toEqual({ webhooks: [webhook] })
  expect((await store.webhooks.listEndpoints())[0]?.secret).toBe(secret)
  expect((await bodyOf(await send('POST', path, { ...hook, format: 'discord' }))).secret).toBeNull()
  const acts = JSON.stringify(await bodyOf(await send('GET', '/api/admin/acts')))
  expect(acts).toContain('"action":"webhook.create"')
  expect(acts).not.toContain('secret-path')
  expect(acts).not.toContain(secret)
})

test('a change replaces the secret, and the former one signs for a day', async () => {
  const { send, create, store } = await setUp()
  const { webhook, secret } = await create()
  const changed = await bodyOf(await send('PATCH', `${path}/${webhook.id}`, { types: [], enabled: false, newSecret: true }))
  expect(changed.webhook).toMatchObject({ types: [], enabled: false, formerSecretUntil: '2026-01-02T00:00:00.000Z' })
  expect(changed.secret).not.toBe(secret)
  expect((await store.webhooks.listEndpoints())[0]).toMatchObject({ secret: changed.secret, formerSecret: { secret } })
  await store.webhooks.changeEndpoint(webhook.id, { disabledBecause: 'gone' })
  const enabled = await bodyOf(await send('PATCH', `${path}/${webhook.id}`, { enabled: true }))
  expect(enabled).toMatchObject({ secret: null, webhook: { enabled: true, disabledBecause: null } })
  const discord = await create({ ...hook, format: 'discord' })
  await expectProblem(await send('PATCH', `${path}/${discord.webhook.id}`, { newSecret: true }), 'invalid_request')
})

test.each([
  ['ftp://example.com/'],
  ['https://user:pass@example.com/'],
  ['https://example.com/#part'],
  ['https://example.com/\r\nX-Header: 1'],
  ['https://example.com/a b'],
  ['javascript:alert(1)'],
  ['example.com'],
  ['http://localhost/'],
  ['http://127.1/'],
  ['http://2130706433/'],
  ['http://169.254.169.254/latest/meta-data'],
  ['http://[::ffff:10.0.0.1]/'],
  [`https://example.com/${'x'.repeat(webhookLimits.maxUrl)}`],
  [7],
])('the address %s is refused', async (url) => {
  const { send } = await setUp()
  const problem = await expectProblem(await send('POST', path, { ...hook, url }), 'invalid_request')
  expect(problem.errors).toMatchObject([{ path: 'url' }])
})

test('other wrong fields are refused, and the 17th webhook', async () => {
  const { send, create } = await setUp()
  const wrong = [{}, { ...hook, types: ['webhook.test'] }, { ...hook, types: 'all' }, { ...hook, format: 'xml' }, { ...hook, secret: 'x' }]
  for (const json of wrong) await expectProblem(await send('POST', path, json), 'invalid_request')
  const { webhook } = await create()
  for (const json of [{}, { format: 'discord' }, { newSecret: false }, { enabled: 1 }]) {
    await expectProblem(await send('PATCH', `${path}/${webhook.id}`, json), 'invalid_request')
  }
  const exact = hook.url.padEnd(webhookLimits.maxUrl, 'x')
  for (let index = 1; index < webhookLimits.maxEndpoints; index++) expect((await create({ ...hook, url: exact })).webhook.url).toBe(exact)
  await expectProblem(await send('POST', path, hook), 'invalid_request')
})

test('a test is a delivery, which can be read and sent again', async () => {
  const { send, create, store } = await setUp()
  const { webhook } = await create()
  const { delivery } = await bodyOf(await send('POST', `${path}/${webhook.id}/test`))
  expect(delivery).toMatchObject({ type: 'webhook.test', state: 'waiting', attempts: 0, nextAt: null, last: null })
  const claimed = await store.webhooks.claim({ endpoint: webhook.id, nowMs: Date.now(), leaseMs: 1, lease: 'l' })
  const report = { status: 500, error: 'Status 500.', durationMs: 3, answer: 'no', atMs: 1_000 }
  await store.webhooks.settle({ id: claimed?.id ?? '', lease: 'l', state: 'dead', nextAtMs: 0, counts: true, report })
  const listed = await bodyOf(await send('GET', `${path}/${webhook.id}/deliveries?state=dead&limit=1`))
  const last = { at: '1970-01-01T00:00:01.000Z', status: 500, error: 'Status 500.', durationMs: 3 }
  expect(listed).toMatchObject({ deliveries: [{ id: delivery.id, state: 'dead', attempts: 1, last }] })
  const one = await bodyOf(await send('GET', `/api/admin/webhook-deliveries/${delivery.id}`))
  expect([JSON.parse(one.body).type, one.answer]).toEqual(['webhook.test', 'no'])
  const again = await send('POST', `/api/admin/webhook-deliveries/${delivery.id}/retry`)
  expect([again.status, await bodyOf(again)]).toMatchObject([202, { delivery: { state: 'waiting', attempts: 0, last } }])
  await send('PATCH', `${path}/${webhook.id}`, { enabled: false })
  await expectProblem(await send('POST', `${path}/${webhook.id}/test`), 'invalid_request')
  expect((await send('DELETE', `${path}/${webhook.id}`)).status).toBe(204)
  await expectProblem(await send('GET', `/api/admin/webhook-deliveries/${delivery.id}`), 'not_found')
})

test('what is not there is 404, a wrong parameter is 400, and nobody but an admin gets anything', async () => {
  const { send, create, get, post } = await setUp()
  const { webhook } = await create()
  for (const query of ['limit=0', 'limit=201', 'state=lost']) {
    await expectProblem(await send('GET', `${path}/${webhook.id}/deliveries?${query}`), 'invalid_request')
  }
  const missing = [
    ['PATCH', '/none'],
    ['DELETE', '/none'],
    ['POST', '/none/test'],
    ['GET', '/none/deliveries'],
  ] as const
  for (const [method, to] of missing)
    await expectProblem(await send(method, path + to, method === 'PATCH' ? { enabled: true } : undefined), 'not_found')
  await expectProblem(await send('POST', '/api/admin/webhook-deliveries/none/retry'), 'not_found')
  await expectProblem(await get(path), 'unauthenticated')
  await expectProblem(await post(path, hook), 'unauthenticated')
})
