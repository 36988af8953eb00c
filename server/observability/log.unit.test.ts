import { expect, test, vi } from 'vitest'
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
