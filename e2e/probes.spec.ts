/** The probes and metrics while MongoDB is down, hangs, and is up again. */
import { expect, test } from './support/fixtures.ts'
import { FrescoServer } from './support/server.ts'
import { Services } from './support/services.ts'

test('/readyz is not ready while the store is down or hangs; /metrics and the overview still answer', {
  tag: '@embedded',
}, async () => {
  test.setTimeout(120_000)
  const services = await Services.start()
  test.skip(!services.mongo.isOwn, 'MONGODB_TEST_URI names a MongoDB that a test must not kill')
  const server = await FrescoServer.start({ CANVAS_WIDTH: '200', CANVAS_HEIGHT: '120', ...services.env })
  const ask = async (path: string) => {
    const response = await fetch(server.url + path, {
      headers: { authorization: `Bearer ${server.adminToken}` },
      signal: AbortSignal.timeout(8_000),
    })
    return { status: response.status, text: await response.text() }
  }
  const ready = async () => (await ask('/readyz')).status
  const checks = async () => JSON.parse((await ask('/api/health')).text) as { status: string; checks: Record<string, { status: string }> }

  expect(Object.keys((await checks()).checks).sort()).toEqual(
    [
      'board-eraser',
      'broadcaster',
      'heartbeat',
      'history',
      'retention',
      'schedule',
      'overview',
      'process',
      'publisher',
      'profiles',
      'snapshots',
      'stats',
      'store',
      'stream',
      'templates',
      'head-check',
      'head-keeper',
      'webhooks',
      'webhook-sender',
      'health-watch',
    ].sort(),
  )
  await expect.poll(async () => (await checks()).status).toBe('pass')
  expect(await ready()).toBe(200)

  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    const { pid } = services.mongo
    if (pid !== undefined) process.kill(pid, name)
  }
  const takeAway = {
    hung: { begin: async () => signal('SIGSTOP'), end: async () => signal('SIGCONT') },
    dead: { begin: () => services.mongo.kill(), end: () => services.mongo.boot() },
  }
  for (const [how, { begin, end }] of Object.entries(takeAway)) {
    await begin()
    await expect.poll(ready, { message: how, timeout: 15_000 }).toBe(503)
    for (let round = 0; round < 5; round++) expect(await ready(), how).toBe(503)
    const sick = await checks()
    expect([sick.status, sick.checks['store']?.status]).toEqual(['fail', 'fail'])
    const metrics = await ask('/metrics')
    expect(metrics.status).toBe(200)
    expect(metrics.text).toMatch(/^fresco_store_up 0$/m)
    expect(metrics.text).toMatch(/^fresco_outbox_oldest_age_seconds Nan$/m)
    const overview = await ask('/api/admin/overview')
    expect(overview.status).toBe(200)
    expect(JSON.parse(overview.text)).toMatchObject({ store: { connected: false }, stream: { connected: true } })
    await end()
    await expect.poll(ready, { message: `${how}, and back`, timeout: 30_000 }).toBe(200)
    await expect.poll(async () => (await checks()).status, { message: `${how}, and back`, timeout: 30_000 }).toBe('pass')
  }
  await server.dispose()
  await services.dispose()
})
