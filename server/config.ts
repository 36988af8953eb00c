/** Reads the environment once at the start. No other file reads `process.env`. All mistakes are reported together, before anything starts. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { z } from 'zod'
import type { BackupSchedule } from '../lib/backups.ts'
import { canvasLimits } from '../lib/canvas.ts'
import { defaultTileSize } from '../lib/geometry.ts'
import { defaultBackground, hexPattern, place2022 } from '../lib/palette.ts'
import { type FailpointSpec, parseFailpoints } from './failpoints.ts'
import { type LogLevel, logLevels } from './observability/log.ts'
import { unknownNames } from './setting-names.ts'
import { commaList, decimal, origin, readCertificates, secret, uri, wholeNumber } from './setting-values.ts'
import { type ShownSetting, showSettings } from './shown-settings.ts'
import { refusedDatabase, refusedOption } from './store/mongo/uri-options.ts'
import { parseRedisUrl } from './stream/redis/redis-address.ts'
import { type TelemetrySettings, telemetryOf, telemetryVariables } from './telemetry/telemetry-settings.ts'

export const allRoles = ['web', 'publisher', 'projector'] as const
export type ProcessRole = (typeof allRoles)[number]

/** The settings of the canvas `main`, which the first start creates. */
export interface FirstCanvas {
  readonly width: number
  readonly height: number
  readonly tileSize: number
  readonly palette: readonly string[]
  readonly background: number
  readonly cooldownMs: number
  readonly maxCharges: number
  readonly startCharges: number
}

export interface ScheduledBackups extends BackupSchedule {
  /** An absolute path. */
  readonly dir: string
}

export interface Config {
  readonly production: boolean
  readonly port: number
  readonly host: string
  readonly dataDir: string
  readonly mongodbUri: string | null
  /** None: the stream is in the process. */
  readonly redisUrls: readonly string[]
  readonly redisPartitions: number
  /** Before every name in Redis. */
  readonly redisPrefix: string
  /** Certificates of the authorities that TLS to Redis trusts; null: those of Node. */
  readonly redisCa: string | null
  readonly redisSentinelAuth: { readonly username: string | null; readonly password: string | null }
  readonly roles: readonly ProcessRole[]
  /** Allowed origins, such as `https://fresco.example`; empty when unset. */
  readonly publicUrls: readonly string[]
  readonly trustProxy: number
  /** Null: generated into `dataDir` at the first start. */
  readonly adminToken: string | null
  readonly sessionSecret: string | null
  readonly metricsToken: string | null
  readonly firstCanvas: FirstCanvas
  /** The settings of the first canvas that are set, with the names of their variables. */
  readonly firstCanvasGiven: ReadonlyMap<keyof FirstCanvas, string>
  /** Variables that begin like a setting but are not one. */
  readonly doubtfulNames: readonly string[]
  /** All settings, as operators see them. */
  readonly settings: readonly ShownSetting[]
  readonly rateLimits: boolean
  /** Painters' worth of pixels that one address may paint; 0 for any number. */
  readonly addressPainters: number
  /** How long a placement waits for others that share its transaction. */
  readonly commitDelayMs: number
  readonly outboxPollMs: number
  readonly outboxRetentionMs: number
  /** Null: no scheduled backups. */
  readonly backups: ScheduledBackups | null
  readonly shutdownGraceMs: number
  readonly logLevel: LogLevel
  /** Whether webhooks may go to private addresses. */
  readonly webhooksAllowPrivate: boolean
  /** One line in the log for each HTTP request. */
  readonly accessLog: boolean
  readonly telemetry: TelemetrySettings
  readonly failpoints: FailpointSpec
}

const side = wholeNumber(canvasLimits.minSide, canvasLimits.maxSide)

const environment = z.object({
  NODE_ENV: z.string().optional(),
  ENV_FILE: z.string().optional(),
  PORT: wholeNumber(0, 65_535).default(3_000),
  HOST: z.string().min(1).default('0.0.0.0'),
  DATA_DIR: z.string().min(1).default('./data'),
  MONGODB_URI: uri(['mongodb://', 'mongodb+srv://'])
    .superRefine((text, context) => {
      const message = refusedOption(text) ?? refusedDatabase(text)
      if (message) context.addIssue({ code: 'custom', message })
    })
    .optional(),
  REDIS_URL: z
    .string()
    .trim()
    .transform((text) => text.split(/\s*,\s*(?=rediss?(?:-sentinel)?:)/))
    .superRefine((urls, context) => {
      for (const url of urls) {
        const address = parseRedisUrl(url)
        if ('mistake' in address) context.addIssue({ code: 'custom', message: address.mistake })
      }
      if (new Set(urls).size < urls.length) context.addIssue({ code: 'custom', message: 'must not list a server twice' })
    })
    .optional(),
  REDIS_PARTITIONS: wholeNumber(1, 64).default(1),
  REDIS_PREFIX: z
    .string()
    .regex(/^[\w:.-]{1,64}$/, 'must be 1 to 64 letters, digits and : . _ -')
    .default(''),
  REDIS_CA_FILE: z.string().transform(readCertificates).optional(),
  REDIS_SENTINEL_USERNAME: z.string().optional(),
  REDIS_SENTINEL_PASSWORD: z.string().optional(),
  ROLES: commaList
    .pipe(z.array(z.enum(allRoles, `must be a comma list of ${allRoles.join(', ')}`)).min(1, 'must name at least one role'))
    .default([...allRoles]),
  PUBLIC_URL: commaList
    .pipe(
      z.array(
        z.string().transform((text, context) => {
          const parsed = origin(text)
          if (parsed) return parsed
          context.addIssue({ code: 'custom', message: `"${text}" must be http(s)://host[:port] without a path` })
          return z.NEVER
        }),
      ),
    )
    .default([]),
  TRUST_PROXY: wholeNumber(0, 10).default(0),
  ADMIN_TOKEN: secret.optional(),
  SESSION_SECRET: secret.optional(),
  METRICS_TOKEN: secret.optional(),
  CANVAS_WIDTH: side.default(1_000),
  CANVAS_HEIGHT: side.default(1_000),
  CANVAS_TILE_SIZE: wholeNumber(canvasLimits.minTileSize, canvasLimits.maxTileSize)
    .refine((value) => Number.isInteger(Math.log2(value)), 'must be a power of two')
    .optional(),
  CANVAS_PALETTE: commaList
    .pipe(
      z
        .array(
          z
            .string()
            .regex(hexPattern, 'must be a comma list of #RRGGBB')
            .transform((hex) => hex.toUpperCase()),
        )
        .min(canvasLimits.minColors, `must have at least ${canvasLimits.minColors} colours`)
        .max(canvasLimits.maxColors, `must have at most ${canvasLimits.maxColors} colours`)
        .refine((palette) => new Set(palette).size === palette.length, 'must not have the same colour twice'),
    )
    .default(place2022.map((color) => color.hex)),
  CANVAS_BACKGROUND: wholeNumber(0, canvasLimits.maxColors - 1).optional(),
  COOLDOWN_MS: wholeNumber(0, canvasLimits.maxCooldownMs).default(5_000),
  MAX_CHARGES: wholeNumber(1, canvasLimits.maxCharges).default(10),
  START_CHARGES: wholeNumber(0, canvasLimits.maxCharges).default(3),
  ADDRESS_PAINTERS: wholeNumber(0, 100_000).default(20),
  RATE_LIMITS: z.enum(['on', 'off'], 'must be on or off').default('on'),
  COMMIT_DELAY_MS: wholeNumber(0, 100).default(0),
  OUTBOX_POLL_MS: wholeNumber(10, 60_000).default(100),
  OUTBOX_RETENTION_HOURS: wholeNumber(1, 8_760).default(168),
  BACKUP_DIR: z.string().optional(),
  BACKUP_INTERVAL_HOURS: decimal(0.001, 8_760).default(24),
  BACKUP_KEEP: wholeNumber(1, 365).default(7),
  BACKUP_VERIFY_DAYS: decimal(0, 365).default(7),
  SHUTDOWN_GRACE_MS: wholeNumber(100, 600_000).default(10_000),
  LOG_LEVEL: z.enum(logLevels, `must be one of ${logLevels.join(', ')}`).default('info'),
  WEBHOOKS_ALLOW_PRIVATE: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
  ACCESS_LOG: z.enum(['on', 'off'], 'must be on or off').default('off'),
  ...telemetryVariables,
  ALLOW_FAILPOINTS: z.enum(['0', '1'], 'must be 0 or 1').default('0'),
  FAILPOINTS: z
    .string()
    .transform((text, context) => {
      const parsed = parseFailpoints(text)
      if ('spec' in parsed) return parsed.spec
      context.addIssue({ code: 'custom', message: parsed.mistake })
      return z.NEVER
    })
    .default({}),
})

type Environment = z.infer<typeof environment>
export const settingNames = Object.keys(environment.shape)

const firstCanvasVariables: Readonly<Record<keyof FirstCanvas, keyof Environment>> = {
  width: 'CANVAS_WIDTH',
  height: 'CANVAS_HEIGHT',
  tileSize: 'CANVAS_TILE_SIZE',
  palette: 'CANVAS_PALETTE',
  background: 'CANVAS_BACKGROUND',
  cooldownMs: 'COOLDOWN_MS',
  maxCharges: 'MAX_CHARGES',
  startCharges: 'START_CHARGES',
}

/** Checks rules of several variables. A rule with an invalid (`bad`) variable is skipped, because its value is not the intended one. */
const crossMistakes = (env: Environment, bad: ReadonlySet<string>): string[] => {
  const mistakes: string[] = []
  const refuse = (variables: readonly (keyof Environment)[], isBroken: boolean, mistake: string) => {
    if (isBroken && !variables.some((name) => bad.has(name))) mistakes.push(mistake)
  }
  const colors = env.CANVAS_PALETTE.length
  refuse(
    ['CANVAS_BACKGROUND', 'CANVAS_PALETTE'],
    env.CANVAS_BACKGROUND !== undefined && env.CANVAS_BACKGROUND >= colors,
    `CANVAS_BACKGROUND must be an index into the palette: 0 to ${colors - 1}`,
  )
  refuse(['START_CHARGES', 'MAX_CHARGES'], env.START_CHARGES > env.MAX_CHARGES, 'START_CHARGES must not be more than MAX_CHARGES')
  refuse(
    ['ROLES', 'MONGODB_URI', 'REDIS_URL'],
    new Set(env.ROLES).size < allRoles.length && !(env.MONGODB_URI && env.REDIS_URL),
    'ROLES other than all of them needs both MONGODB_URI and REDIS_URL: several processes share both',
  )
  refuse(
    ['REDIS_URL', 'REDIS_PARTITIONS'],
    env.REDIS_PARTITIONS > 1 && !env.REDIS_URL,
    'REDIS_PARTITIONS needs REDIS_URL: the stream in the process has no partitions',
  )
  refuse(
    ['REDIS_URL', 'REDIS_CA_FILE'],
    Boolean(env.REDIS_CA_FILE) && !env.REDIS_URL?.some((url) => url.startsWith('rediss')),
    'REDIS_CA_FILE is for TLS: begin REDIS_URL with rediss:// or rediss-sentinel://',
  )
  for (const name of ['REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'] as const) {
    refuse(
      ['REDIS_URL', name],
      Boolean(env[name]) && !env.REDIS_URL?.some((url) => url.includes('-sentinel://')),
      `${name} is for Sentinels: begin REDIS_URL with redis-sentinel://`,
    )
  }
  for (const name of ['ADMIN_TOKEN', 'SESSION_SECRET'] as const) {
    refuse([name], Boolean(env.MONGODB_URI) && !env[name], `${name} must be set with MONGODB_URI, the same in every process`)
  }
  refuse(
    ['ALLOW_FAILPOINTS', 'FAILPOINTS'],
    env.NODE_ENV === 'production' && Object.keys(env.FAILPOINTS).length > 0 && env.ALLOW_FAILPOINTS !== '1',
    'FAILPOINTS is for tests: in production it needs ALLOW_FAILPOINTS=1',
  )
  return mistakes
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; mistakes: readonly string[] }

/**
 * An empty variable counts as unset. Never throws, and returns mistakes as sentences that name the variable. `own` are variables that are
 * meant for Fresco only, and `fromFile` are those of them that come from the file.
 */
export const readConfig = (
  env: Readonly<Record<string, string | undefined>>,
  own: ReadonlySet<string> = new Set(),
  fromFile: ReadonlySet<string> = own,
): ConfigResult => {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const parsed = environment.safeParse(set)
  const issues = parsed.error?.issues ?? []
  const bad = new Set(issues.map((issue) => String(issue.path[0])))
  // Rules between the valid variables are checked even if other variables are invalid.
  const good = parsed.data ?? environment.parse(Object.fromEntries(Object.entries(set).filter(([name]) => !bad.has(name))))
  const unknown = unknownNames({ names: Object.keys(set), own, known: settingNames })
  const mistakes = [...issues.map((issue) => `${String(issue.path[0])} ${issue.message}`), ...crossMistakes(good, bad), ...unknown.mistakes]
  if (mistakes.length > 0) return { ok: false, mistakes: [...new Set(mistakes)] }
  const given = Object.entries(firstCanvasVariables).filter(([, name]) => name in set) as [keyof FirstCanvas, string][]
  const settings = showSettings({ names: settingNames, set, fromFile, defaults: environment.parse({}) })
  return { ok: true, config: { ...configOf(good), firstCanvasGiven: new Map(given), doubtfulNames: unknown.doubtful, settings } }
}

const configOf = (env: Environment): Omit<Config, 'firstCanvasGiven' | 'doubtfulNames' | 'settings'> => ({
  production: env.NODE_ENV === 'production',
  port: env.PORT,
  host: env.HOST,
  dataDir: env.DATA_DIR,
  mongodbUri: env.MONGODB_URI ?? null,
  redisUrls: env.REDIS_URL ?? [],
  redisPartitions: env.REDIS_PARTITIONS,
  redisPrefix: env.REDIS_PREFIX,
  redisCa: env.REDIS_CA_FILE ?? null,
  redisSentinelAuth: { username: env.REDIS_SENTINEL_USERNAME ?? null, password: env.REDIS_SENTINEL_PASSWORD ?? null },
  roles: [...new Set(env.ROLES)],
  publicUrls: env.PUBLIC_URL,
  trustProxy: env.TRUST_PROXY,
  adminToken: env.ADMIN_TOKEN ?? null,
  sessionSecret: env.SESSION_SECRET ?? null,
  metricsToken: env.METRICS_TOKEN ?? null,
  firstCanvas: {
    width: env.CANVAS_WIDTH,
    height: env.CANVAS_HEIGHT,
    tileSize: env.CANVAS_TILE_SIZE ?? defaultTileSize(env.CANVAS_WIDTH, env.CANVAS_HEIGHT),
    palette: env.CANVAS_PALETTE,
    background: env.CANVAS_BACKGROUND ?? defaultBackground(env.CANVAS_PALETTE),
    cooldownMs: env.COOLDOWN_MS,
    maxCharges: env.MAX_CHARGES,
    startCharges: env.START_CHARGES,
  },
  rateLimits: env.RATE_LIMITS === 'on',
  addressPainters: env.ADDRESS_PAINTERS,
  commitDelayMs: env.COMMIT_DELAY_MS,
  outboxPollMs: env.OUTBOX_POLL_MS,
  outboxRetentionMs: env.OUTBOX_RETENTION_HOURS * 3_600_000,
  backups: env.BACKUP_DIR
    ? {
        dir: resolve(env.BACKUP_DIR),
        intervalMs: env.BACKUP_INTERVAL_HOURS * 3_600_000,
        keep: env.BACKUP_KEEP,
        verifyMs: env.BACKUP_VERIFY_DAYS * 86_400_000,
      }
    : null,
  shutdownGraceMs: env.SHUTDOWN_GRACE_MS,
  logLevel: env.LOG_LEVEL,
  webhooksAllowPrivate: env.WEBHOOKS_ALLOW_PRIVATE === '1',
  accessLog: env.ACCESS_LOG === 'on',
  telemetry: telemetryOf(env),
  failpoints: env.FAILPOINTS,
})

/** The environment of this process, with additions from ENV_FILE (`.env`). A variable in the environment has priority. */
export const processConfig = (): ConfigResult => {
  const given = process.env['ENV_FILE']
  let own: ReadonlySet<string> = new Set()
  let fromFile = own
  try {
    const file = given || '.env'
    own = new Set(Object.keys(parseEnv(readFileSync(file, 'utf8'))))
    fromFile = new Set([...own].filter((name) => process.env[name] === undefined))
    process.loadEnvFile(file)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' || given) return { ok: false, mistakes: [`ENV_FILE ${given || '.env'} could not be read (${code})`] }
  }
  return readConfig(process.env, own, fromFile)
}
