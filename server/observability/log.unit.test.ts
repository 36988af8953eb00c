import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { StoreError } from '../store/port.ts'
import { captureConsole } from './console-capture.ts'
import { createLogger } from './log.ts'

const setUp = () => {
  const lines: string[] = []
  return { lines, logger: createLogger({ level: 'info', write: (line) => void lines.push(line) }) }
}

test('text from requests stays inside its field, escaped', () => {
  const { lines, logger } = setUp()
  const path = '/\u001b[31m\n{"level":60}\u202e\u2028\u009b\u007f'
  logger.warn({ event: 'page_failed', path, err: new Error(path) })
  const line = lines[0] ?? ''
  expect(lines).toHaveLength(1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there.
  expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]+\n$/)
  expect(JSON.parse(line)).toMatchObject({ event: 'page_failed', path, err: { message: path } })
})

test('a text of 1,000 characters stays whole, and a longer one is cut', () => {
  const { lines, logger } = setUp()
  for (const length of [1_000, 1_001, 100_000]) logger.info({ event: 'x', path: 'y'.repeat(length) })
  const whole = 'y'.repeat(1_000)
  expect(lines.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual([whole, `${whole}…`, `${whole}…`])
})

test('lists and objects in a line are bounded, and their texts, too', () => {
  const { lines, logger } = setUp()
  const endless: Record<string, unknown> = { text: 'y'.repeat(2_000), secret: 'hidden' }
  endless['self'] = endless
  const many = (count: number) => Array.from({ length: count }, (_, index) => index)
  logger.info({ event: 'x', endless, bytes: new Uint8Array(5_000), at: new Date(0) })
  logger.info({ event: 'x', list: many(200) })
  logger.info({ event: 'x', list: many(100_000), other: { a: 1 }, err: { inner: new Error('inside') } })
  const [first, second, third] = lines.map((line) => JSON.parse(line) as Record<string, Record<string, unknown>>)
  expect(first).toMatchObject({ endless: { text: `${'y'.repeat(1_000)}…`, secret: '[Redacted]' }, bytes: '5000 bytes' })
  expect(first?.['at']).toBe('1970-01-01T00:00:00.000Z')
  expect(second?.['list']).toEqual(many(200))
  expect(third?.['list']).toEqual([...many(200), '…'])
  for (const line of lines) expect(line.length).toBeLessThan(20_000)
})

test('console output of libraries goes to the log', () => {
  const { lines, logger } = setUp()
  const target = { debug: vi.fn(), log: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
  const { error } = target
  const release = captureConsole(logger, target)
  target.error('The requested resource', '/\n\u001b[2J', { a: 1 }, new Error('inside'))
  release()
  expect(target.error).toBe(error)
  expect(error).not.toHaveBeenCalled()
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 50, event: 'console' })
  expect((JSON.parse(lines[0] ?? '') as { text: string }).text).toContain('The requested resource /\n\u001b[2J {"a":1} Error: inside')
  expect(lines[0]).not.toContain('\u001b')
})

test('whatever a field has, the line is one line of JSON without control characters and with a bounded length', () => {
  const pieces = [
    '\n',
    '\r',
    '\u0000',
    '\u001b[31m',
    '\u009b2J',
    '\u202e',
    '\u2066',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\udfff',
    '"',
    '\\',
    'ä',
    '😀',
    'x'.repeat(2_000),
  ]
  const hostile = fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary' })), { maxLength: 6 })
    .map((parts) => parts.join(''))
  fc.assert(
    fc.property(hostile, hostile, hostile, (path, name, message) => {
      const { lines, logger } = setUp()
      const cause = new Error(message)
      logger.warn({ event: 'x', path, err: Object.assign(new Error(message, { cause }), { name, code: 'ENOENT' }) })
      logger.error({ event: 'unexpected_error', [`f${name}`]: path, err: cause })
      expect(lines).toHaveLength(2)
      for (const line of lines) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there.
        expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Cs}]+\n$/u)
        expect(() => JSON.parse(line)).not.toThrow()
        expect(line.length).toBeLessThan(100_000)
      }
    }),
  )
})

test('an expected fault has no stack, and an error without a code has one', () => {
  const { lines, logger } = setUp()
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  logger.warn({ event: 'stream_failed', err: new StoreError('unavailable', 'The store is down.', { cause: refused }) })
  logger.warn({ event: 'stream_failed', err: new TypeError('x is not a function') })
  logger.error({ event: 'unexpected_error', where: 'here', err: refused })
  const [away, bug, unexpected] = lines.map((line) => (JSON.parse(line) as { err: Record<string, string> }).err)
  expect(away).toEqual({ type: 'StoreError', message: 'The store is down.: connect ECONNREFUSED', code: 'unavailable' })
  expect(bug?.['stack']).toContain('log.unit.test.ts')
  expect(unexpected?.['stack']).toContain('log.unit.test.ts')
})

test('lines about an expected fault are three a minute for each place, and then counted', () => {
  let nowMs = 0
  const lines: string[] = []
  const logger = createLogger({ level: 'info', write: (line) => void lines.push(line), now: () => nowMs })
  const fail = (service: string, code?: string) =>
    logger.error({ event: 'service_failed', service, err: Object.assign(new Error('away'), code === undefined ? {} : { code }) })
  for (let index = 0; index < 10; index++) fail('publisher', 'ECONNREFUSED')
  fail('projector', 'ECONNREFUSED')
  for (let index = 0; index < 5; index++) fail('bug')
  expect(lines).toHaveLength(9)
  nowMs = 60_000
  fail('publisher', 'ECONNREFUSED')
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ service: 'publisher', alsoSince: 7 })
})
