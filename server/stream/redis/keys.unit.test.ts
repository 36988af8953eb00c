import { expect, test } from 'vitest'
import { asCanvasId } from '../../../lib/brand.ts'
import { type RedisNames, redisNames } from './keys.ts'

const all = (names: RedisNames) => [
  names.stream,
  names.groupKinds,
  names.probe,
  names.signals,
  names.heads(asCanvasId('main')),
  names.heartbeats,
]

test.each([
  ['redis://host', 'fresco:signals:0'],
  ['redis://host:6379/', 'fresco:signals:0'],
  ['rediss://:word@host:6379/12', 'fresco:signals:12'],
])('the channel of %s carries the number of the database: %s', (url, channel) => {
  expect(redisNames({ url }).signals).toBe(channel)
})

test('two prefixes in one database have no name in common', () => {
  const url = 'redis://host/1'
  const names = [...all(redisNames({ url })), ...all(redisNames({ url, prefix: 'blue:' })), ...all(redisNames({ url, prefix: 'red:' }))]
  expect(new Set(names).size).toBe(names.length)
})
