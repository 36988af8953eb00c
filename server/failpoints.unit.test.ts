import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { createFailpoints, failpointActions, failpointNames, noFailpoints, parseFailpoints } from './failpoints.ts'

/** Whether the promise is still open after everything that was ready has run. */
const isPending = async (promise: Promise<unknown>) => {
  const open = Symbol('open')
  const turnOfLoop = new Promise((resolve) => setImmediate(resolve, open))
  return (await Promise.race([promise, turnOfLoop])) === open
}

test('a list may have spaces, empty parts and the same name twice: the last one counts', () => {
  expect(parseFailpoints('')).toEqual({ spec: {} })
  expect(parseFailpoints(' , ')).toEqual({ spec: {} })
  expect(parseFailpoints('publisher.before-mark=kill, placement.before-ack=throw,')).toEqual({
    spec: { 'publisher.before-mark': 'kill', 'placement.before-ack': 'throw' },
  })
  expect(parseFailpoints('publisher.before-mark=kill,publisher.before-mark=hang')).toEqual({ spec: { 'publisher.before-mark': 'hang' } })
})

test('every name takes every action', () => {
  for (const action of failpointActions) {
    expect(parseFailpoints(failpointNames.map((name) => `${name}=${action}`).join())).toEqual({
      spec: Object.fromEntries(failpointNames.map((name) => [name, action])),
    })
  }
})

test.each([
  ['nowhere=kill', '"nowhere"'],
  ['=kill', '""'],
  ['__proto__=kill', '"__proto__"'],
  ['toString=kill', '"toString"'],
  ['PUBLISHER.BEFORE-MARK=kill', '"PUBLISHER.BEFORE-MARK"'],
  ['publisher.before-mark', '"publisher.before-mark"'],
  ['publisher.before-mark=', '"publisher.before-mark="'],
  ['publisher.before-mark=KILL', '"publisher.before-mark=KILL"'],
  ['publisher.before-mark=kill=hang', '"publisher.before-mark=kill=hang"'],
  ['publisher.after-mark=kill,publisher.before-mark=explode', '"publisher.before-mark=explode"'],
])('%s gives a mistake that quotes the invalid part', (text, quoted) => {
  expect(parseFailpoints(text)).toEqual({ mistake: expect.stringContaining(quoted) })
})

test('kill ends the process with SIGKILL before the next statement', async () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  expect(await isPending(createFailpoints({ 'publisher.before-mark': 'kill' }).hit('publisher.before-mark'))).toBe(true)
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']])
})

test('kill in synchronous code ends the process before the next statement', () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  const block = vi.spyOn(Atomics, 'wait').mockReturnValue('ok')
  createFailpoints({ 'placement.before-commit': 'kill' }).hitSync('placement.before-commit')
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGKILL']])
  expect(block).toHaveBeenCalledOnce()
})

test('hang never returns, and does not end the process', async () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  const block = vi.spyOn(Atomics, 'wait').mockReturnValue('ok')
  const failpoints = createFailpoints({ 'placement.before-commit': 'hang' })
  expect(await isPending(failpoints.hit('placement.before-commit'))).toBe(true)
  expect(block).not.toHaveBeenCalled()
  failpoints.hitSync('placement.before-commit')
  expect(block).toHaveBeenCalledOnce()
  // Nobody wakes this wait and it has no timeout.
  expect(block.mock.calls[0]?.slice(1)).toEqual([0, 0])
  expect(kill).not.toHaveBeenCalled()
})

test('throw fails with a code, in async and sync code', async () => {
  const failpoints = createFailpoints({ 'placement.after-commit': 'throw' })
  await expect(failpoints.hit('placement.after-commit')).rejects.toMatchObject({ code: 'failpoint' })
  expect(() => failpoints.hitSync('placement.after-commit')).toThrow(expect.objectContaining({ code: 'failpoint' }))
})

test('a failpoint without an action returns at once', async () => {
  const armed = createFailpoints({ 'placement.after-commit': 'throw' })
  for (const failpoints of [armed, noFailpoints]) {
    for (const name of failpointNames) {
      if (failpoints === armed && name === 'placement.after-commit') continue
      await failpoints.hit(name)
      failpoints.hitSync(name)
    }
  }
})

test('every name is used in the server', () => {
  const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
    .join('\n')
  const placed = [...sources.matchAll(/\bhit(?:Sync)?\('([a-z.-]+)'\)/g)].map((match) => match[1])
  expect([...new Set(placed)].sort()).toEqual([...failpointNames].sort())
})
