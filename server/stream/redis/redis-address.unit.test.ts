import { expect, test } from 'vitest'
import { parseRedisUrl, withoutPassword } from './redis-address.ts'

const plain = { primary: null, username: null, password: null, database: 0, isTls: false }

test.each([
  ['redis://cache', { ...plain, hosts: [{ host: 'cache', port: 6_379 }] }],
  ['redis://cache:7000/', { ...plain, hosts: [{ host: 'cache', port: 7_000 }] }],
  ['redis://[::1]:7000/3', { ...plain, hosts: [{ host: '::1', port: 7_000 }], database: 3 }],
  ['rediss://:wo%2Frd@cache/12', { ...plain, hosts: [{ host: 'cache', port: 6_379 }], password: 'wo/rd', database: 12, isTls: true }],
  ['redis://fresco:a@b:c@cache', { ...plain, hosts: [{ host: 'cache', port: 6_379 }], username: 'fresco', password: 'a@b:c' }],
  [
    'redis-sentinel://fresco:word@one:26379,two,[::1]:5/my-master.1',
    {
      ...plain,
      hosts: [
        { host: 'one', port: 26_379 },
        { host: 'two', port: 26_379 },
        { host: '::1', port: 5 },
      ],
      primary: 'my-master.1',
      username: 'fresco',
      password: 'word',
    },
  ],
  ['rediss-sentinel://one/main/2', { ...plain, hosts: [{ host: 'one', port: 26_379 }], primary: 'main', database: 2, isTls: true }],
])('%s is an address', (text, address) => expect(parseRedisUrl(text)).toEqual(address))

test.each([
  ['localhost:6379', 'must be redis://host:6379'],
  ['redis://', 'must be redis://host:6379'],
  ['redis://cache?db=2', 'without a ?query'],
  ['redis://cache/one', 'must end with the number of a Redis database'],
  ['redis://cache:0', 'ports from 1 to 65535'],
  ['redis://cache:99999', 'ports from 1 to 65535'],
  ['redis://one,two', 'must name one host'],
  ['redis-sentinel://one,two', 'must end with the name of the primary'],
  ['redis-sentinel://one:26379/', 'must end with the name of the primary'],
  ['redis-sentinel://one,,two/main', 'must name hosts'],
  ['redis-sentinel://one/main/two', 'must end with the name of the primary'],
  ['redis://user:100%@cache', 'must write % as %25'],
  ['redis://user:wo/rd@cache', 'must write / as %2F'],
])('%s is refused: %s', (text, mistake) => expect(parseRedisUrl(text)).toEqual({ mistake: expect.stringContaining(mistake) }))

test('an address is shown without its user and password', () => {
  expect(withoutPassword('redis://me:wo@rd@a:1/2')).toBe('redis://a:1/2')
  expect(withoutPassword('redis-sentinel://:word@a:1,b:2/main')).toBe('redis-sentinel://a:1,b:2/main')
  expect(withoutPassword('redis://a')).toBe('redis://a')
})
