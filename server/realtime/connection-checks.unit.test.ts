import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { expect, test, vi } from 'vitest'
import { silentLogger } from '../observability/log.ts'
import { createThrottledWarnings } from '../observability/throttled-warnings.ts'
import { Connections, type Engine } from './connection.ts'
import { ConnectionBudget } from './connection-budget.ts'
import { checkConnection, connectionBounds } from './connection-checks.ts'

const setup = (parts: { bufferedAmount?: number; writeBuffer?: { data: string }[]; readyState?: string } = {}) => {
  let nowMs = 0
  const now = () => nowMs
  const engine = Object.assign(new EventEmitter(), {
    readyState: parts.readyState ?? 'open',
    transport: { name: 'websocket', socket: { bufferedAmount: parts.bufferedAmount ?? 0, terminate: vi.fn() } },
    writeBuffer: parts.writeBuffer ?? [],
    close: vi.fn(),
  })
  const connection = new Connections(now).add({ engine: engine as unknown as Engine, address: 'here', budget: new ConnectionBudget(now) })
  const check = () => {
    checkConnection(connection, { throttledWarnings: createThrottledWarnings({ logger: silentLogger, now }), monotonicNow: now })
    return engine.close.mock.calls.length > 0
  }
  return {
    connection,
    check,
    advance(ms: number) {
      nowMs += ms
    },
  }
}

const most = connectionBounds.unsentBytes

test('A6 a connection may have 1 MiB of unread data, and is closed with one byte more, in a namespace or not', () => {
  expect(setup({ bufferedAmount: most }).check()).toBe(false)
  expect(setup({ bufferedAmount: most + 1 }).check()).toBe(true)
  expect(setup({ bufferedAmount: most, writeBuffer: [{ data: 'x' }] }).check()).toBe(true)
})

test('A6 unread answers to polls count as unread data', () => {
  const { connection, check } = setup()
  const answer = (bytes: number) =>
    ({ writableEnded: true, socket: { writableLength: bytes }, destroy: vi.fn() }) as unknown as ServerResponse
  connection.polls.add(answer(most / 2)).add(answer(most / 2))
  expect(check()).toBe(false)
  const last = answer(1)
  connection.polls.add(last)
  expect(check()).toBe(true)
  expect(last.destroy).toHaveBeenCalled()
})

test('A6 a connection without a namespace is closed after ten seconds', () => {
  const { connection, check, advance } = setup()
  advance(connectionBounds.outsideMs - 1)
  expect(check()).toBe(false)
  connection.outsideSinceMs = null
  advance(60_000)
  expect(check()).toBe(false)
  connection.outsideSinceMs = 0
  expect(check()).toBe(true)
})

test('A6 a connection that does not finish closing is terminated', () => {
  const { connection, check, advance } = setup({ readyState: 'closing' })
  connection.outsideSinceMs = null
  expect(check()).toBe(false)
  advance(connectionBounds.closingMs)
  expect(check()).toBe(true)
})
