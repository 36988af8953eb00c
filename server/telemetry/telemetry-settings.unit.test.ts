import { expect, test } from 'vitest'
import { readConfig } from '../config.ts'

const secret = 'a-secret-value'

test.each([
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'ftp://collector'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', `http://user:${secret}@collector`],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', `http://collector/?key=${secret}`],
  ['OTEL_EXPORTER_OTLP_HEADERS', secret],
  ['OTEL_EXPORTER_OTLP_HEADERS', `two words=${secret}`],
  ['OTEL_EXPORTER_OTLP_HEADERS', `x=${secret}%0d%0ay`],
  ['OTEL_EXPORTER_OTLP_HEADERS', `x=${secret}%`],
  ['OTEL_SERVICE_NAME', 'x'.repeat(65)],
  ['OTEL_METRIC_EXPORT_INTERVAL', '99'],
  ['OTEL_METRIC_EXPORT_INTERVAL', '3600001'],
  ['OTEL_TRACES_SAMPLER_ARG', '1.01'],
  ['OTEL_TRACES_SAMPLER_ARG', '-1'],
  ['OTEL_TRACES_SAMPLER_ARG', 'half'],
  ['STATSD_ADDRESS', 'localhost'],
  ['STATSD_ADDRESS', 'localhost:0'],
  ['STATSD_ADDRESS', 'localhost:65536'],
  ['STATSD_ADDRESS', '::1:8125'],
  ['STATSD_FORMAT', 'graphite'],
  ['STATSD_PREFIX', 'a|b'],
])('%s=%s is refused by its name, without a secret', (name, value) => {
  const result = readConfig({ [name]: value })
  expect(result).toEqual({ ok: false, mistakes: [expect.stringMatching(new RegExp(`^${name} must `))] })
  expect(JSON.stringify(result)).not.toContain(secret)
})

test.each(['0', '1', '0.5', '.01', '1.0'])('OTEL_TRACES_SAMPLER_ARG=%s is allowed', (value) => {
  const result = readConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_SAMPLER_ARG: value })
  expect(result).toMatchObject({ ok: true, config: { telemetry: { otlp: { traceRatio: Number(value) }, statsd: null } } })
})
