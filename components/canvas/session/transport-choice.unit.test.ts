import { expect, test } from 'vitest'
import { FakeStorage } from './testing/start-session.ts'
import { TransportChoice } from './transport-choice.ts'

const choose = (storage = new FakeStorage(), nowMs = 1_000_000) => new TransportChoice({ storage, wallClock: () => nowMs })

test('WebSocket is tried first, and after a failure long polling, which may be upgraded', () => {
  const choice = choose()
  expect(choice.transports).toEqual(['websocket'])
  choice.failed()
  expect(choice.transports).toEqual(['polling', 'websocket'])
  choice.failed()
  expect(choice.transports).toEqual(['websocket'])
})

test('a WebSocket that is silent after the upgrade too is not tried again', () => {
  const choice = choose()
  choice.fellSilent('websocket', 2_000)
  expect(choice.transports).toEqual(['polling', 'websocket'])
  choice.works('websocket', 1_000)
  choice.fellSilent('websocket', 2_000)
  expect(choice.transports).toEqual(['polling'])
  choice.works('polling', 0)
  choice.networkChanged()
  expect(choice.transports).toEqual(['polling', 'websocket'])
})

test('silence on a connection that worked for a minute does not change the transport', () => {
  const choice = choose()
  choice.works('websocket', 60_000)
  choice.fellSilent('websocket', 60_000)
  expect(choice.transports).toEqual(['websocket'])
})

test('the next page starts with the transport that worked', () => {
  const storage = new FakeStorage()
  const choice = choose(storage)
  choice.failed()
  expect(choose(storage).transports).toEqual(['websocket'])
  choice.works('polling', 0)
  expect(choose(storage).transports).toEqual(['polling', 'websocket'])
  choice.works('websocket', 60_000)
  expect(choose(storage).transports).toEqual(['websocket'])
})

test('polling alone is stored for ten minutes, and a time in the future is ignored', () => {
  const storage = new FakeStorage()
  const choice = choose(storage)
  choice.fellSilent('websocket', 0)
  choice.fellSilent('websocket', 0)
  choice.works('polling', 0)
  expect(choose(storage, 1_000_000 + 599_999).transports).toEqual(['polling'])
  expect(choose(storage, 1_000_000 + 600_000).transports).toEqual(['polling', 'websocket'])
  expect(choose(storage, 999_999).transports).toEqual(['polling', 'websocket'])
})

test.each(['', '{', 'null', '{"plan":"carrier pigeon"}', '[]'])('the stored value %j is ignored', (stored) => {
  const storage = new FakeStorage()
  storage.setItem('fresco.transport', stored)
  expect(choose(storage).transports).toEqual(['websocket'])
})
