import { expect, test } from 'vitest'
import { refusedOption } from './uri-options.ts'

const uri = (options: string) => `mongodb://user:p%40ss@one,two:27018/fresco${options}`

test.each([
  '',
  '?',
  '?replicaSet=rs0',
  '?replicaSet=rs0&w=majority&journal=true&readPreference=primary&retryWrites=true',
  '?readConcernLevel=majority&retryReads=true&j=true',
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
  ['retryWrites=false', 'retryWrites=true'],
  ['readConcernLevel=local', 'readConcernLevel=majority'],
  ['readConcernLevel=available', 'readConcernLevel=majority'],
  ['read%50reference=second%61ry', 'readPreference=primary'],
])('"%s" weakens what Fresco promises, and is refused with what it needs', (options, needed) => {
  expect(refusedOption(uri(`?${options}`))).toContain(`Fresco needs ${needed}`)
})
