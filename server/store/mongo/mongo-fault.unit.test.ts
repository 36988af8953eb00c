import mongoose from 'mongoose'
import { expect, test } from 'vitest'
import { mongoFaultOf } from './mongo-fault.ts'

const serverError = (code: number) => new mongoose.mongo.MongoServerError({ code, errmsg: 'refused' })

test.each([
  [14_031, 'disk_full'],
  [8_000, 'quota'],
  [10_107, 'read_only'],
  [13, 'permission'],
] as const)('the code %i of MongoDB means %s', (code, reason) => {
  expect(mongoFaultOf(serverError(code))).toBe(reason)
  expect(mongoFaultOf(new Error('outer', { cause: serverError(code) }))).toBe(reason)
  expect(mongoFaultOf({ code: 0, writeConcernError: { code } })).toBe(reason)
})

test('a conflict, a lost connection and other errors do not mean that writes fail', () => {
  for (const error of [serverError(112), new Error('connection closed'), null, undefined, 'text']) expect(mongoFaultOf(error)).toBeNull()
})
