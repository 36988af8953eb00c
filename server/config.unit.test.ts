import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Config, readConfig, settingNames as variables } from './config.ts'

const config = (env: Record<string, string> = {}): Config => {
  const result = readConfig(env)
  if (!result.ok) throw new Error(result.mistakes.join('\n'))
  return result.config
}
const mistakes = (env: Record<string, string>) => {
  const result = readConfig(env)
  return result.ok ? [] : result.mistakes
}

const folder = mkdtempSync(join(tmpdir(), 'fresco-config-'))
const caFile = join(folder, 'ca.pem')
writeFileSync(caFile, '-----BEGIN CERTIFICATE-----\n')
afterAll(() => rmSync(folder, { recursive: true }))

test('every setting has a default', () => {
  expect(config()).toMatchObject({
    port: 3_000,
    host: '0.0.0.0',
    dataDir: './data',
    mongodbUri: null,
    redisUrls: [],
    redisPartitions: 1,
    redisPrefix: '',
    redisCa: null,
    redisSentinelAuth: { username: null, password: null },
    roles: ['web', 'publisher', 'projector'],
    publicUrls: [],
    trustProxy: 0,
    rateLimits: true,
    addressPainters: 20,
    commitDelayMs: 0,
    outboxPollMs: 100,
    outboxRetentionMs: 168 * 3_600_000,
    backups: null,
    shutdownGraceMs: 10_000,
    logLevel: 'info',
    telemetry: { otlp: null, statsd: null },
    firstCanvas: { width: 1_000, height: 1_000, tileSize: 1_024, background: 31, cooldownMs: 5_000, maxCharges: 10, startCharges: 3 },
  })
  expect(config().firstCanvas.palette).toHaveLength(32)
})

test('every variable is read into its setting', () => {
  const env = {
    NODE_ENV: 'production',
    ENV_FILE: '.env',
    PORT: '0',
    HOST: '127.0.0.1',
    DATA_DIR: '/var/lib/fresco',
    MONGODB_URI: 'mongodb+srv://db.example/fresco',
    REDIS_URL: 'rediss-sentinel://one.example,two.example/main, redis://other:6380/1',
    REDIS_PARTITIONS: '4',
    REDIS_PREFIX: 'blue:',
    REDIS_CA_FILE: caFile,
    REDIS_SENTINEL_USERNAME: 'watcher',
    REDIS_SENTINEL_PASSWORD: 'word',
    ROLES: 'publisher, web,publisher',
    PUBLIC_URL: 'https://Fresco.example:443/, http://localhost:3000',
    TRUST_PROXY: '10',
    ADMIN_TOKEN: 'a'.repeat(32),
    SESSION_SECRET: 's'.repeat(32),
    METRICS_TOKEN: 'm'.repeat(32),
    CANVAS_WIDTH: '300',
    CANVAS_HEIGHT: '200',
    CANVAS_TILE_SIZE: '128',
    CANVAS_PALETTE: '#000000,#abcdef,#ffffff',
    CANVAS_BACKGROUND: '0',
    COOLDOWN_MS: '0',
    MAX_CHARGES: '1',
    START_CHARGES: '1',
    RATE_LIMITS: 'off',
    ADDRESS_PAINTERS: '7',
    COMMIT_DELAY_MS: '20',
    OUTBOX_POLL_MS: '10',
    OUTBOX_RETENTION_HOURS: '1',
    BACKUP_DIR: '/backups',
    BACKUP_INTERVAL_HOURS: '0.5',
    BACKUP_KEEP: '365',
    BACKUP_VERIFY_DAYS: '0',
    SHUTDOWN_GRACE_MS: '100',
    LOG_LEVEL: 'silent',
    ACCESS_LOG: 'on',
    WEBHOOKS_ALLOW_PRIVATE: '1',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector:4318/otlp/',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20YQ==, X-Scope=one',
    OTEL_SERVICE_NAME: 'place',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    OTEL_TRACES_SAMPLER_ARG: '0.01',
    STATSD_ADDRESS: '[::1]:8125',
    STATSD_FORMAT: 'statsd',
    STATSD_PREFIX: 'shop.',
    ALLOW_FAILPOINTS: '1',
    FAILPOINTS: 'broadcaster.before-ack=hang',
  }
  expect(Object.keys(env).sort()).toEqual([...variables].sort())
  expect(config(env)).toEqual({
    production: true,
    port: 0,
    host: '127.0.0.1',
    dataDir: '/var/lib/fresco',
    mongodbUri: 'mongodb+srv://db.example/fresco',
    redisUrls: ['rediss-sentinel://one.example,two.example/main', 'redis://other:6380/1'],
    redisPartitions: 4,
    redisPrefix: 'blue:',
    redisCa: readFileSync(caFile, 'utf8'),
    redisSentinelAuth: { username: 'watcher', password: 'word' },
    roles: ['publisher', 'web'],
    publicUrls: ['https://fresco.example', 'http://localhost:3000'],
    trustProxy: 10,
    adminToken: 'a'.repeat(32),
    sessionSecret: 's'.repeat(32),
    metricsToken: 'm'.repeat(32),
    firstCanvas: {
      width: 300,
      height: 200,
      tileSize: 128,
      palette: ['#000000', '#ABCDEF', '#FFFFFF'],
      background: 0,
      cooldownMs: 0,
      maxCharges: 1,
      startCharges: 1,
    },
    firstCanvasGiven: new Map([
      ['width', 'CANVAS_WIDTH'],
      ['height', 'CANVAS_HEIGHT'],
      ['tileSize', 'CANVAS_TILE_SIZE'],
      ['palette', 'CANVAS_PALETTE'],
      ['background', 'CANVAS_BACKGROUND'],
      ['cooldownMs', 'COOLDOWN_MS'],
      ['maxCharges', 'MAX_CHARGES'],
      ['startCharges', 'START_CHARGES'],
    ]),
    doubtfulNames: [],
    settings: expect.any(Array),
    rateLimits: false,
    addressPainters: 7,
    commitDelayMs: 20,
    outboxPollMs: 10,
    outboxRetentionMs: 3_600_000,
    backups: { dir: '/backups', intervalMs: 1_800_000, keep: 365, verifyMs: 0 },
    shutdownGraceMs: 100,
    logLevel: 'silent',
    accessLog: true,
    webhooksAllowPrivate: true,
    telemetry: {
      otlp: {
        endpoint: 'https://collector:4318/otlp',
        headers: { authorization: 'Basic YQ==', 'X-Scope': 'one' },
        serviceName: 'place',
        metricsEveryMs: 100,
        traceRatio: 0.01,
      },
      statsd: { host: '::1', port: 8125, format: 'statsd', prefix: 'shop.' },
    },
    failpoints: { 'broadcaster.before-ack': 'hang' },
  })
})

/** The bounds themselves are allowed, one beyond is not. */
test.each([
  ['PORT', 0, 65_535],
  ['TRUST_PROXY', 0, 10],
  ['CANVAS_WIDTH', 1, 16_384],
  ['CANVAS_HEIGHT', 1, 16_384],
  ['CANVAS_TILE_SIZE', 64, 1_024],
  ['CANVAS_BACKGROUND', 0, 31],
  ['COOLDOWN_MS', 0, 86_400_000],
  ['MAX_CHARGES', 3, 10_000],
  ['START_CHARGES', 0, 10],
  ['COMMIT_DELAY_MS', 0, 100],
  ['OUTBOX_POLL_MS', 10, 60_000],
  ['OUTBOX_RETENTION_HOURS', 1, 8_760],
  ['SHUTDOWN_GRACE_MS', 100, 600_000],
  ['BACKUP_KEEP', 1, 365],
])('%s is a whole number from %i to %i', (name, least, most) => {
  for (const value of [least, most]) expect(mistakes({ [name]: `${value}` })).toEqual([])
  for (const value of [least - 1, most + 1, `${least}.5`, 'abc', '1e3', '0x40', 'NaN', 'Infinity', '9'.repeat(400)]) {
    expect(mistakes({ [name]: `${value}` }), `${name}=${value}`).not.toEqual([])
  }
})

test.each([
  ['BACKUP_INTERVAL_HOURS', 0.001, 8_760],
  ['BACKUP_VERIFY_DAYS', 0, 365],
])('%s is a number from %d to %i, with decimals', (name, least, most) => {
  for (const value of [least, 0.5, most]) expect(mistakes({ [name]: `${value}` })).toEqual([])
  for (const value of ['-1', `${most}.1`, '0.0000001', '.5', '1.', '1e3', 'abc', 'NaN', '9'.repeat(400)]) {
    expect(mistakes({ [name]: value }), `${name}=${value}`).not.toEqual([])
  }
})

test('a secret has at least 32 characters, and no mistake repeats a secret', () => {
  for (const name of ['ADMIN_TOKEN', 'SESSION_SECRET', 'METRICS_TOKEN']) {
    expect(mistakes({ [name]: 'x'.repeat(32) })).toEqual([])
    const said = mistakes({ [name]: 'hunter2hunter2' })
    expect(said).toHaveLength(1)
    expect(said.join()).not.toContain('hunter2')
  }
})

test('a palette has 2 to 256 colors', () => {
  const palette = (length: number) => Array.from({ length }, (_, index) => `#${index.toString(16).padStart(6, '0')}`).join()
  expect(config({ CANVAS_PALETTE: palette(2) }).firstCanvas.palette).toHaveLength(2)
  expect(config({ CANVAS_PALETTE: palette(256), CANVAS_BACKGROUND: '255' }).firstCanvas).toMatchObject({ background: 255 })
  expect(mistakes({ CANVAS_PALETTE: palette(2), CANVAS_BACKGROUND: '2' })).toEqual([expect.stringMatching(/^CANVAS_BACKGROUND .*0 to 1$/)])
})

test('a process with some of the roles needs MongoDB and Redis', () => {
  const secrets = { ADMIN_TOKEN: 'a'.repeat(32), SESSION_SECRET: 's'.repeat(32) }
  const [mongodb, redis] = [{ MONGODB_URI: 'mongodb://db.example', ...secrets }, { REDIS_URL: 'redis://cache.example' }]
  for (const role of ['web', 'publisher', 'projector']) {
    expect(mistakes({ ROLES: role, ...mongodb, ...redis })).toEqual([])
    for (const one of [mongodb, redis]) expect(mistakes({ ROLES: role, ...one })).toEqual([expect.stringMatching(/^ROLES /)])
  }
  expect(mistakes({ ROLES: 'projector,publisher,web' })).toEqual([])
  expect(mistakes({ ...mongodb })).toEqual([])
  expect(mistakes({ ...redis })).toEqual([])
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

test('a palette is upper case, and its background is white or the first color', () => {
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
  [{ ADDRESS_PAINTERS: '-1' }, 'ADDRESS_PAINTERS'],
  [{ REDIS_PREFIX: 'a b' }, 'REDIS_PREFIX'],
  [{ ALLOW_FAILPOINTS: 'yes' }, 'ALLOW_FAILPOINTS'],
  [{ ROLES: ',' }, 'ROLES'],
  [{ PUBLIC_URL: 'ftp://fresco.example' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://fresco.example?x' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://fresco.example,nonsense' }, 'PUBLIC_URL'],
  [{ CANVAS_PALETTE: '#FF0000,#00FF0' }, 'CANVAS_PALETTE'],
  [{ ROLES: 'web,cook' }, 'ROLES'],
  [{ ROLES: 'web' }, 'ROLES'],
  [{ ADMIN_TOKEN: 'short' }, 'ADMIN_TOKEN'],
  [{ SESSION_SECRET: 'x'.repeat(31) }, 'SESSION_SECRET'],
  [{ METRICS_TOKEN: 'short' }, 'METRICS_TOKEN'],
  [{ MONGODB_URI: 'http://x' }, 'MONGODB_URI'],
  [{ REDIS_URL: 'localhost:6379' }, 'REDIS_URL'],
  [{ REDIS_URL: 'redis://localhost:6379/one' }, 'REDIS_URL'],
  [{ REDIS_URL: 'redis-sentinel://one,two' }, 'REDIS_URL'],
  [{ REDIS_URL: 'rediss://cache', REDIS_CA_FILE: '/no/such.pem' }, 'REDIS_CA_FILE'],
  [{ REDIS_URL: 'rediss://cache', REDIS_CA_FILE: 'package.json' }, 'REDIS_CA_FILE'],
  [{ REDIS_URL: 'redis://cache', REDIS_CA_FILE: caFile }, 'REDIS_CA_FILE'],
  [{ REDIS_URL: 'redis://cache', REDIS_SENTINEL_PASSWORD: 'word' }, 'REDIS_SENTINEL_PASSWORD'],
  [{ REDIS_SENTINEL_USERNAME: 'watcher' }, 'REDIS_SENTINEL_USERNAME'],
  [{ REDIS_URL: 'redis://localhost:6379,localhost:6380' }, 'REDIS_URL'],
  [{ REDIS_URL: 'redis://localhost:6379,redis://localhost:6379' }, 'REDIS_URL'],
  [{ REDIS_PARTITIONS: '0' }, 'REDIS_PARTITIONS'],
  [{ REDIS_PARTITIONS: '2' }, 'REDIS_PARTITIONS'],
  [{ REDIS_PARTITIONS: '65' }, 'REDIS_PARTITIONS'],
  [{ PUBLIC_URL: 'fresco.example' }, 'PUBLIC_URL'],
  [{ PUBLIC_URL: 'https://fresco.example/path' }, 'PUBLIC_URL'],
  [{ TRUST_PROXY: 'yes' }, 'TRUST_PROXY'],
  [{ COMMIT_DELAY_MS: '101' }, 'COMMIT_DELAY_MS'],
  [{ OUTBOX_POLL_MS: '0' }, 'OUTBOX_POLL_MS'],
  [{ OUTBOX_RETENTION_HOURS: '0' }, 'OUTBOX_RETENTION_HOURS'],
  [{ SHUTDOWN_GRACE_MS: 'long' }, 'SHUTDOWN_GRACE_MS'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
  [{ ACCESS_LOG: 'yes' }, 'ACCESS_LOG'],
  [{ FAILPOINTS: 'nowhere=kill' }, 'FAILPOINTS'],
  [{ FAILPOINTS: 'publisher.before-mark=explode' }, 'FAILPOINTS'],
])('%o gives one mistake that names its variable', (env, name) => {
  expect(mistakes(env as unknown as Record<string, string>)).toEqual([expect.stringMatching(new RegExp(`^${name} `))])
})

test('all mistakes are reported together', () => {
  expect(mistakes({ PORT: 'x', CANVAS_WIDTH: '0', LOG_LEVEL: 'loud', ROLES: 'cook' })).toHaveLength(4)
})

test('an invalid variable neither hides nor causes mistakes between others', () => {
  expect(mistakes({ PORT: 'x', START_CHARGES: '11' })).toEqual([expect.stringMatching(/^PORT /), expect.stringMatching(/^START_CHARGES /)])
  expect(mistakes({ LOG_LEVEL: 'loud', MONGODB_URI: 'mongodb://db.example' })).toHaveLength(3)
  expect(mistakes({ MAX_CHARGES: 'many', START_CHARGES: '20' })).toEqual([expect.stringMatching(/^MAX_CHARGES /)])
  expect(mistakes({ CANVAS_PALETTE: 'red,blue', CANVAS_BACKGROUND: '40' })).toEqual([expect.stringMatching(/^CANVAS_PALETTE /)])
  expect(mistakes({ ROLES: 'web', MONGODB_URI: 'http://db.example' })).toEqual([expect.stringMatching(/^MONGODB_URI /)])
  expect(mistakes({ MONGODB_URI: 'mongodb://db.example', ADMIN_TOKEN: 'short', SESSION_SECRET: 'short' })).toEqual([
    expect.stringMatching(/^ADMIN_TOKEN .*32/),
    expect.stringMatching(/^SESSION_SECRET .*32/),
  ])
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
  const known = variables.filter((name) => name !== 'NODE_ENV')
  const shown = [...example.matchAll(/^#([A-Z_]+)=/gm)].map((match) => match[1])
  expect([...shown].sort()).toEqual([...known].sort())
  expect(example).not.toMatch(/^[A-Z_]+=/m)
})

test('a misspelt variable is refused with the others, and an empty one is not', () => {
  expect(mistakes({ CANVAS_WIDHT: '10', PORT: 'x' })).toEqual([
    expect.stringMatching(/^PORT must/),
    'CANVAS_WIDHT is not a setting: did you mean CANVAS_WIDTH?',
  ])
  expect(mistakes({ CANVAS_WIDHT: '' })).toEqual([])
  expect(config({ CANVAS_API_TOKEN: 'x' }).doubtfulNames).toEqual(['CANVAS_API_TOKEN'])
})

test('an option of MONGODB_URI that weakens durability is refused by its name', () => {
  const env = { ADMIN_TOKEN: 'a'.repeat(32), SESSION_SECRET: 's'.repeat(32) }
  expect(mistakes({ ...env, MONGODB_URI: 'mongodb://user:word@host/fresco?w=1' })).toEqual([
    'MONGODB_URI must not say w=1: Fresco needs w=majority, which it asks for itself. Leave the option out',
  ])
})
