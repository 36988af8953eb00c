/** The settings of OpenTelemetry and StatsD. The names of OpenTelemetry are those of its specification. */
import { z } from 'zod'
import { wholeNumber } from '../setting-values.ts'

export interface OtlpSettings {
  /** Without the path of a signal. */
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly serviceName: string
  readonly metricsEveryMs: number
  /** The part of the commits that are traced, from 0 to 1. */
  readonly traceRatio: number
}

export interface StatsdSettings {
  readonly host: string
  readonly port: number
  readonly format: 'dogstatsd' | 'statsd'
  readonly prefix: string
}

export interface TelemetrySettings {
  /** Null: off. */
  readonly otlp: OtlpSettings | null
  readonly statsd: StatsdSettings | null
}

const endpoint = z
  .string()
  .trim()
  .transform((text, context) => {
    const url = URL.canParse(text) ? new URL(text) : null
    if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password) {
      return url.href.replace(/\/+$/, '')
    }
    context.addIssue({
      code: 'custom',
      message:
        'must be http(s)://host[:port][/path] without a user, a password or a query; credentials belong in OTEL_EXPORTER_OTLP_HEADERS',
    })
    return z.NEVER
  })

/** Messages must not have the values, which are secrets. */
const headers = z.string().transform((text, context) => {
  const read: Record<string, string> = {}
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const [, name = '', encoded = ''] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair) ?? []
    const value = decoded(encoded)
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || value === null || !/^[\t\x20-\x7e]+$/.test(value)) {
      context.addIssue({ code: 'custom', message: 'must be name=value pairs, separated by commas, with percent-encoded values' })
      return z.NEVER
    }
    read[name] = value
  }
  return read
})

const decoded = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const address = z
  .string()
  .trim()
  .transform((text, context) => {
    const [, six, name, digits] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? []
    const [host, port] = [six ?? name, Number(digits)]
    if (host !== undefined && port >= 1 && port <= 65_535) return { host, port }
    context.addIssue({ code: 'custom', message: 'must be host:port, such as localhost:8125 or [::1]:8125' })
    return z.NEVER
  })

const fraction = z
  .string()
  .regex(/^(0|1|[01]?\.\d+)$/, 'must be a number from 0 to 1')
  .transform(Number)
  .refine((value) => value <= 1, 'must be a number from 0 to 1')

export const telemetryVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.default({}),
  OTEL_SERVICE_NAME: z
    .string()
    .regex(/^[\x20-\x7e]{1,64}$/, 'must be 1 to 64 printable ASCII characters')
    .default('fresco'),
  OTEL_METRIC_EXPORT_INTERVAL: wholeNumber(100, 3_600_000).default(60_000),
  OTEL_TRACES_SAMPLER_ARG: fraction.default(1),
  STATSD_ADDRESS: address.optional(),
  STATSD_FORMAT: z.enum(['dogstatsd', 'statsd'], 'must be dogstatsd or statsd').default('dogstatsd'),
  STATSD_PREFIX: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits and . _ -')
    .default(''),
}

type Read = z.infer<z.ZodObject<typeof telemetryVariables>>

export const telemetryOf = (env: Read): TelemetrySettings => ({
  otlp:
    env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? null
      : {
          endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
          headers: env.OTEL_EXPORTER_OTLP_HEADERS,
          serviceName: env.OTEL_SERVICE_NAME,
          metricsEveryMs: env.OTEL_METRIC_EXPORT_INTERVAL,
          traceRatio: env.OTEL_TRACES_SAMPLER_ARG,
        },
  statsd: env.STATSD_ADDRESS === undefined ? null : { ...env.STATSD_ADDRESS, format: env.STATSD_FORMAT, prefix: env.STATSD_PREFIX },
})
