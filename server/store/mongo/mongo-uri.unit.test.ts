import { expect, test } from 'vitest'
import { changeMongoUri, parseMongoUri } from './mongo-uri.fixture.ts'

test('a URI with several hosts gets another database, and keeps user and options', () => {
  const uri = 'mongodb://me:p%40ss@a:1,b:2,c:3/?replicaSet=rs0&tls=true'
  expect(changeMongoUri(uri, { database: 'other' })).toBe('mongodb://me:p%40ss@a:1,b:2,c:3/other?replicaSet=rs0&tls=true')
  expect(changeMongoUri(uri, { hosts: 'b:2' }, { directConnection: 'true' })).toBe(
    'mongodb://me:p%40ss@b:2/?replicaSet=rs0&tls=true&directConnection=true',
  )
  expect(changeMongoUri('mongodb+srv://a.example', { database: 'd' })).toBe('mongodb+srv://a.example/d')
})

test.each(['', 'redis://a:1', 'a:27017', 'mongodb://', 'mongodb:///name'])('"%s" is not the URI of a MongoDB', (uri) => {
  expect(parseMongoUri(uri)).toBeNull()
})
