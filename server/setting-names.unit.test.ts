import { describe, expect, test } from 'vitest'
import { settingNames } from './config.ts'
import { unknownNames } from './setting-names.ts'

const find = (names: readonly string[], own: readonly string[] = []) => unknownNames({ names, own: new Set(own), known: settingNames })

describe('in the environment, which other programs share', () => {
  test.each([
    ['CANVAS_WIDHT', 'CANVAS_WIDTH'],
    ['CANVAS_HIGHT', 'CANVAS_HEIGHT'],
    ['CANVAS_PALETE', 'CANVAS_PALETTE'],
    ['COOLDOWN_SM', 'COOLDOWN_MS'],
    ['COOLDOWNMS', 'COOLDOWN_MS'],
    ['MAXCHARGES', 'MAX_CHARGES'],
    ['PUBLIC_URI', 'PUBLIC_URL'],
    ['PUBLIC_URLS', 'PUBLIC_URL'],
    ['TRUST_PROXYS', 'TRUST_PROXY'],
    ['MONGODB_URL', 'MONGODB_URI'],
    ['MONGO_URI', 'MONGODB_URI'],
    ['REDIS_URI', 'REDIS_URL'],
    ['DATADIR', 'DATA_DIR'],
    ['canvas_width', 'CANVAS_WIDTH'],
    ['RATE_LIMIT', 'RATE_LIMITS'],
    ['OUTBOX_RETENTION_HOUR', 'OUTBOX_RETENTION_HOURS'],
    ['OUTBOX_RETENTION_DAYS', 'OUTBOX_RETENTION_HOURS'],
    ['COOLDOWN', 'COOLDOWN_MS'],
    ['COOLDOWN_SECONDS', 'COOLDOWN_MS'],
    ['SHUTDOWN_GRACE', 'SHUTDOWN_GRACE_MS'],
    ['outbox_poll', 'OUTBOX_POLL_MS'],
  ])('%s is refused, and %s suggested', (name, meant) => {
    expect(find([name]).mistakes).toEqual([`${name} is not a setting: did you mean ${meant}?`])
  })

  test.each([
    'PATH',
    'HOME',
    'PORTS',
    'POST',
    'HOSTNAME',
    'HOSTS',
    'ROLE',
    'LOGLEVEL',
    'LOG_LEVELS',
    'XDG_DATA_DIRS',
    'NODE_OPTIONS',
    'NODE_PATH',
    'MONGODB_TEST_URI',
    'REDIS_HOST',
    'REDIS_PASSWORD',
    'SECRET',
    'TOKEN',
    'ADMIN_PASSWORD',
    'SESSION_ID',
    'SESSION_MANAGER',
    'PUBLIC_DIR',
    'DATABASE_URL',
    'npm_config_cache',
    'http_proxy',
    'LC_ALL',
    'TZ',
  ])('%s belongs to another program', (name) => {
    expect(find([name])).toEqual({ mistakes: [], doubtful: [] })
  })

  test('a variable that resembles a set setting belongs to another program', () => {
    expect(find(['MONGODB_URL', 'MONGODB_URI', 'REDIS_URI', 'REDIS_URL']).mistakes).toEqual([])
  })

  test('a misspelt variable that begins like a setting is a mistake also next to the setting', () => {
    expect(find(['CANVAS_WIDHT', 'CANVAS_WIDTH']).mistakes).toEqual(['CANVAS_WIDHT is not a setting: did you mean CANVAS_WIDTH?'])
  })

  test('a variable that only begins like a setting is doubtful', () => {
    expect(find(['CANVAS_API_TOKEN', 'CANVAS_SIZE', 'OUTBOX_TABLE'])).toEqual({
      mistakes: [],
      doubtful: ['CANVAS_API_TOKEN', 'CANVAS_SIZE', 'OUTBOX_TABLE'],
    })
  })
})

describe('in ENV_FILE, which is for Fresco', () => {
  test.each([
    ['PROT', 'PORT'],
    ['HOTS', 'HOST'],
    ['LOGLEVEL', 'LOG_LEVEL'],
  ])('%s is refused, and %s suggested', (name, meant) => {
    expect(find([name], [name]).mistakes).toEqual([`${name} is not a setting: did you mean ${meant}?`])
  })

  test('a variable that resembles no setting is doubtful', () => {
    expect(find(['FRESCO_PORT', 'HTTPS_PROXY'], ['FRESCO_PORT', 'HTTPS_PROXY'])).toEqual({ mistakes: [], doubtful: ['FRESCO_PORT'] })
  })

  test('a variable that only begins like a setting is refused, and one of the runtime is not', () => {
    expect(find(['CANVAS_SIZE', 'NODE_EXTRA_CA_CERTS', 'TZ'], ['CANVAS_SIZE', 'NODE_EXTRA_CA_CERTS', 'TZ'])).toEqual({
      mistakes: ['CANVAS_SIZE is not a setting'],
      doubtful: [],
    })
  })
})
