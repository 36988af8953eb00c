import { expect, test } from 'vitest'
import { databaseOf, namesOfOptions, refusedDatabase, refusedNode, refusedOption } from './uri-options.ts'

const uri = (options: string) => `mongodb://user:p%40ss@one,two:27018/fresco${options}`

test.each([
  '',
  '?',
  '?replicaSet=rs0',
  '?replicaSet=rs0&w=majority&journal=true&readPreference=primary&retryWrites=true',
  '?readConcernLevel=majority&retryReads=true&j=true',
  '?replicaSet=rs0&retryWrites=false&maxPoolSize=20',
  '?authSource=admin&tls=true&directConnection=true&maxPoolSize=5',
])('"%s" can be used', (options) => {
  expect(refusedOption(uri(options))).toBeNull()
})

test.each([
  ['readPreference=secondaryPreferred', 'readPreference=primary'],
  ['readPreference=secondary', 'readPreference=primary'],
  ['replicaSet=rs0&READPREFERENCE=nearest', 'readPreference=primary'],
  ['readPreference=primaryPreferred', 'readPreference=primary'],
  ['w=0', 'w=majority'],
  ['w=1', 'w=majority'],
  ['w=2', 'w=majority'],
  ['replicaSet=rs0;w=1', 'w=majority'],
  ['journal=false', 'journal=true'],
  ['j=false', 'j=true'],
  ['readConcernLevel=local', 'readConcernLevel=majority'],
  ['readConcernLevel=available', 'readConcernLevel=majority'],
  ['read%50reference=second%61ry', 'readPreference=primary'],
])('"%s" weakens what Fresco promises, and is refused with what it needs', (options, needed) => {
  expect(refusedOption(uri(`?${options}`))).toContain(`Fresco needs ${needed}`)
})

test('the names of the options are found in any case, so that they override the defaults', () => {
  expect(namesOfOptions(uri('?retryWrites=false&MAXPOOLSIZE=3;w=majority'))).toEqual(['retrywrites', 'maxpoolsize', 'w'])
  expect(namesOfOptions(uri(''))).toEqual([''])
})

const three = ['one:27017', 'two:27017', 'three:27017']

test('a primary can be used, and directly where it is the only node', () => {
  expect(refusedNode({ isWritablePrimary: true, hosts: three }, false)).toBeNull()
  expect(refusedNode({ isWritablePrimary: true, hosts: ['one:27017'] }, true)).toBeNull()
  expect(refusedNode({ isWritablePrimary: true }, true)).toBeNull()
})

test('a secondary, and a direct connection to one node of several, are refused', () => {
  expect(refusedNode({ isWritablePrimary: false, hosts: three }, true)).toContain('which is not the primary')
  expect(refusedNode({ isWritablePrimary: false, hosts: ['one:27017'] }, false)).toContain('which is not the primary')
  expect(refusedNode({ isWritablePrimary: true, hosts: three }, true)).toContain('another one may become the primary')
})

test.each([
  ['mongodb://db', 'fresco'],
  ['mongodb://user:p%2Fss@one,two:27018/?w=majority', 'fresco'],
  ['mongodb+srv://db/my%2Dboard?tls=true', 'my-board'],
])('%s leads to the database %s', (text, name) => {
  expect(refusedDatabase(text)).toBeNull()
  expect(databaseOf(text)).toBe(name)
})

test.each(['mongodb://db/fre%zzsco', 'mongodb://db/fre sco', 'mongodb://db/a/b', 'mongodb://user:wo/rd@db/fresco'])(
  '%s names no database that MongoDB accepts',
  (text) => expect(refusedDatabase(text)).toContain('must name a database without'),
)
