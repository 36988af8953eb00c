import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { Broadcaster } from './broadcasting/broadcaster.ts'
import { monotonicNow } from './clock.ts'
import { type ProcessRole, readConfig } from './config.ts'
import { createContainer } from './container.ts'
import type { Lifecycle } from './lifecycle.ts'
import { silentLogger } from './observability/log.ts'
import { createUnexpectedErrors } from './observability/unexpected-errors.ts'
import { createPages } from './pages.ts'
import { GroupCommitQueue } from './placement/group-commit-queue.ts'
import { Projector } from './projecting/projector.ts'
import { Publisher } from './publishing/publisher.ts'
import { Gateway } from './realtime/gateway.ts'

vi.mock('./pages.ts', () => ({
  createPages: vi.fn(() => ({ handle: async () => undefined, ready: Promise.resolve(), close: async () => undefined })),
}))
vi.mock('./broadcasting/broadcaster.ts', { spy: true })
vi.mock('./placement/group-commit-queue.ts', { spy: true })
vi.mock('./projecting/projector.ts', { spy: true })
vi.mock('./publishing/publisher.ts', { spy: true })
vi.mock('./realtime/gateway.ts', { spy: true })

const made = { Gateway, Broadcaster, GroupCommitQueue, createPages, Publisher, Projector }
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
  vi.clearAllMocks()
})

/** A process with these roles on SQLite. The test runs its stops. */
const start = async (roles: readonly ProcessRole[]) => {
  const dataDir = mkdtempSync(join(tmpdir(), 'fresco-container-'))
  const result = readConfig({ DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', CANVAS_WIDTH: '64', CANVAS_HEIGHT: '64' })
  if (!result.ok) throw new Error(result.mistakes.join('\n'))
  const stops: { name: string; stop: () => Promise<void> | void }[] = []
  const lifecycle: Lifecycle = {
    onStop: (name, stop) => void stops.unshift({ name, stop }),
    stop: async () => 'clean',
    listenForSignals: () => undefined,
    fail: async (_reason, error) => expect.unreachable(String(error)),
  }
  const errors = createUnexpectedErrors({ logger: silentLogger, monotonicNow })
  const container = await createContainer({
    config: { ...result.config, roles: [...roles] },
    logger: silentLogger,
    lifecycle,
    errors,
    dev: false,
  })
  closers.push(async () => {
    for (const { stop } of stops) await stop()
    rmSync(dataDir, { recursive: true })
  })
  const { port } = await container.listen()
  const names = Object.entries(made).flatMap(([name, make]) => (vi.mocked(make).mock.calls.length > 0 ? [name] : []))
  return { container, stops, names, url: `http://127.0.0.1:${port}` }
}

test.each<{ roles: ProcessRole[]; parts: string[] }>([
  { roles: ['web'], parts: ['Gateway', 'Broadcaster', 'GroupCommitQueue', 'createPages'] },
  { roles: ['publisher'], parts: ['Publisher'] },
  { roles: ['projector'], parts: ['Projector'] },
  { roles: ['publisher', 'projector'], parts: ['Publisher', 'Projector'] },
  { roles: ['web', 'publisher', 'projector'], parts: Object.keys(made) },
])('a process with the roles $roles makes only the modules of these roles', async ({ roles, parts }) => {
  const { container, names } = await start(roles)
  expect(names).toEqual(parts)
  const { web, publisher, projector } = container.roles
  const present = Object.entries({ web, publisher, projector }).flatMap(([role, module]) => (module ? [role] : []))
  expect(present).toEqual(roles)
})

test('a process without the web role answers only probes', async () => {
  const { url } = await start(['projector'])
  const statuses = await Promise.all(
    ['/livez', '/readyz', '/metrics', '/api/health', '/api/canvases', '/'].map(async (path) => (await fetch(url + path)).status),
  )
  expect(statuses).toEqual([200, 200, 200, 200, 404, 404])
  const health = (await (await fetch(`${url}/api/health`)).json()) as { checks: Record<string, unknown> }
  const services = ['heartbeat', 'overview', 'history', 'stats', 'profiles', 'snapshots', 'templates', 'webhooks']
  expect(Object.keys(health.checks)).toEqual(['process', 'store', 'stream', ...services])
})

test('A7 a process stops pages, placements, loops, sockets, the port, the telemetry, the stream and the store, in this order', async () => {
  const { stops } = await start(['web', 'publisher', 'projector'])
  expect(stops.map(({ name }) => name)).toEqual(['pages', 'placements', 'loops', 'gateway', 'web', 'telemetry', 'stream', 'store'])
})
