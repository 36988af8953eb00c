import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Config, readConfig } from './config.ts'

const config = (env: Record<string, string> = {}): Config => {
  const result = readConfig(env)
  if (!result.ok) throw new Error(result.mistakes.join('\n'))
  return result.config
}
const mistakes = (env: Record<string, string>) => {
  const result = readConfig(env)
  return result.ok ? [] : result.mistakes
}

test('nothing has to be set', () => {
  expect(config()).toMatchObject({
    port: 3_000,
    host: '0.0.0.0',
    dataDir: './data',
    mongodbUri: null,
    redisUrl: null,
    roles: ['web', 'publisher', 'projector'],
    publicUrls: [],
    trustProxy: 0,
    rateLimits: true,
    outboxPollMs: 100,
    outboxRetentionMs: 168 * 3_600_000,
    shutdownGraceMs: 10_000,
    logLevel: 'info',
    firstCanvas: { width: 1_000, height: 1_000, tileSize: 1_024, background: 31, cooldownMs: 5_000, maxCharges: 10, startCharges: 3 },
  })
  expect(config().firstCanvas.palette).toHaveLength(32)
})

test('an empty variable counts as unset', () => {
  expect(config({ PORT: '', ADMIN_TOKEN: ' ' })).toMatchObject({ port: 3_000, adminToken: null })
})

test.each([
  [{ CANVAS_WIDTH: '1', CANVAS_HEIGHT: '1' }, 64],
  [{ CANVAS_WIDTH: '65', CANVAS_HEIGHT: '2' }, 128],
  [{ CANVAS_WIDTH: '16384', CANVAS_HEIGHT: '16384' }, 1_024],
  [{ CANVAS_TILE_SIZE: '256' }, 256],
])('the tile size of %o is %i', (env, tileSize) => {
  expect(config(env as Record<string, string>).firstCanvas.tileSize).toBe(tileSize)
})

test('a palette is upper case, and its background is white or the first colour', () => {
  expect(config({ CANVAS_PALETTE: '#ff0000, #ffffff' }).firstCanvas).toMatchObject({ palette: ['#FF0000', '#FFFFFF'], background: 1 })
  expect(config({ CANVAS_PALETTE: '#ff0000,#00ff00' }).firstCanvas.background).toBe(0)
  expect(config({ CANVAS_PALETTE: '#ff0000,#00ff00', CANVAS_BACKGROUND: '1' }).firstCanvas.background).toBe(1)
})

test.each([
  [{ PORT: 'abc' }, 'PORT'],
  [{ PORT: '65536' }, 'PORT'],
  [{ PORT: '-1' }, 'PORT'],
  [{ PORT: '1.5' }, 'PORT'],
  [{ CANVAS_WIDTH: '0' }, 'CANVAS_WIDTH'],
  [{ CANVAS_HEIGHT: '16385' }, 'CANVAS_HEIGHT'],
  [{ CANVAS_TILE_SIZE: '100' }, 'CANVAS_TILE_SIZE'],
  [{ CANVAS_TILE_SIZE: '32' }, 'CANVAS_TILE_SIZE'],
  [{ CANVAS_TILE_SIZE: '2048' }, 'CANVAS_TILE_SIZE'],
  [{ CANVAS_PALETTE: '#FF0000' }, 'CANVAS_PALETTE'],
  [{ CANVAS_PALETTE: 'red,blue' }, 'CANVAS_PALETTE'],
  [{ CANVAS_PALETTE: '#FF0000,#ff0000' }, 'CANVAS_PALETTE'],
  [{ CANVAS_PALETTE: Array.from({ length: 257 }, (_, i) => `#${i.toString(16).padStart(6, '0')}`).join() }, 'CANVAS_PALETTE'],
  [{ CANVAS_BACKGROUND: '32' }, 'CANVAS_BACKGROUND'],
  [{ COOLDOWN_MS: '-1' }, 'COOLDOWN_MS'],
  [{ MAX_CHARGES: '0' }, 'MAX_CHARGES'],
  [{ START_CHARGES: '11' }, 'START_CHARGES'],
  [{ RATE_LIMITS: 'no' }, 'RATE_LIMITS'],
  [{ ROLES: 'web,cook' }, 'ROLES'],
  [{ ROLES: 'web' }, 'ROLES'],
  [{ ADMIN_TOKEN: 'short' }, 'ADMIN_TOKEN'],
  [{ SESSION_SECRET: 'x'.repeat(31) }, 'SESSION_SECRET'],
  [{ METRICS_TOKEN: 'short' }, 'METRICS_TOKEN'],
  [{ MONGODB_URI: 'http://x' }, 'MONGODB_URI'],
  [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL'],
  [{ PUBLIC_URL: 'fresco.example' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://fresco.example/path' }, 'PUBLIC_URL'],
  [{ TRUST_PROXY: 'yes' }, 'TRUST_PROXY'],
  [{ OUTBOX_POLL_MS: '0' }, 'OUTBOX_POLL_MS'],
  [{ OUTBOX_RETENTION_HOURS: '0' }, 'OUTBOX_RETENTION_HOURS'],
  [{ SHUTDOWN_GRACE_MS: 'long' }, 'SHUTDOWN_GRACE_MS'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  [{ FAILPOINTS: 'nowhere=kill' }, 'FAILPOINTS'],
  [{ FAILPOINTS: 'publisher.before-mark=explode' }, 'FAILPOINTS'],
])('%o is one mistake that names its variable', (env, name) => {
  expect(mistakes(env as unknown as Record<string, string>)).toEqual([expect.stringMatching(new RegExp(`^${name} `))])
})

test('all mistakes are told at once', () => {
  expect(mistakes({ PORT: 'x', CANVAS_WIDTH: '0', LOG_LEVEL: 'loud', ROLES: 'cook' })).toHaveLength(4)
})

test('MongoDB needs secrets that all processes share', () => {
  expect(mistakes({ MONGODB_URI: 'mongodb://localhost' })).toEqual([
    expect.stringMatching(/^ADMIN_TOKEN /),
    expect.stringMatching(/^SESSION_SECRET /),
  ])
})

test('failpoints are refused in production unless they are allowed', () => {
  const env = { NODE_ENV: 'production', FAILPOINTS: 'publisher.before-mark=kill' }
  expect(mistakes(env)).toEqual([expect.stringMatching(/^FAILPOINTS /)])
  expect(config({ ...env, ALLOW_FAILPOINTS: '1' }).failpoints).toEqual({ 'publisher.before-mark': 'kill' })
  expect(config({ FAILPOINTS: 'publisher.before-mark=hang, placement.after-commit=throw' }).failpoints).toEqual({
    'publisher.before-mark': 'hang',
    'placement.after-commit': 'throw',
  })
})

test('.env.example names every variable, all of them commented out', () => {
  const example = readFileSync(new URL('../.env.example', import.meta.url), 'utf8')
  const source = readFileSync(new URL('./config.ts', import.meta.url), 'utf8')
  const known = [...source.matchAll(/^ {2}([A-Z_]+):/gm)].map((match) => match[1]).filter((name) => name !== 'NODE_ENV')
  const shown = [...example.matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1])
  expect([...shown].sort()).toEqual([...known].sort())
  expect(example).not.toMatch(/^[A-Z_]+=/m)
})
