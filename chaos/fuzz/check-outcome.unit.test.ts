import { expect, test } from 'vitest'
import type { Attack, Step } from './attack.ts'
import { checkOutcome } from './check-outcome.ts'
import type { Outcome } from './play.ts'
import { frameBytes, opcodes, textFrame } from './websocket-frames.ts'

const attackOf = (steps: readonly Step[] = []): Attack => ({ number: 0, kind: 'k', name: 'n', address: '127.0.7.1', host: 'h:1', steps })
const outcomeOf = (text: string, statuses: readonly number[] = [200]): Outcome => ({
  statuses,
  text,
  unboundedFloods: [],
  closed: false,
  answered: true,
})
const rulesOf = (attack: Attack, outcome: Outcome) => checkOutcome(attack, outcome).map(({ rule }) => rule)
const handshake = '0{"sid":"abc","upgrades":["websocket"]}'
const connected = '40{"sid":"x"}'

test('refusals are not faults', () => {
  for (const status of [101, 200, 400, 404, 429, 431]) expect(rulesOf(attackOf(), outcomeOf('', [status]))).toEqual([])
  expect(rulesOf(attackOf(), outcomeOf('{"code":"overloaded"}', [503]))).toEqual([])
})

test('a 500 is a fault, and so is a 503 without a reason', () => {
  expect(rulesOf(attackOf(), outcomeOf('HTTP/1.1 500 x', [500]))).toEqual(['answer 500'])
  expect(rulesOf(attackOf(), outcomeOf('HTTP/1.1 503 x', [503]))).toEqual(['answer 503 without a problem'])
})

test('an answer with a stack is a fault', () => {
  expect(rulesOf(attackOf(), outcomeOf('Error: x\n    at place (/srv/a.ts:1:2)'))).toEqual(['the answer shows internals'])
})

test('a session has one socket of a namespace, and another one only after it has left', () => {
  expect(rulesOf(attackOf(), outcomeOf(handshake + connected))).toEqual([])
  expect(rulesOf(attackOf(), outcomeOf(handshake + connected + connected))).toEqual(['more than one socket of a namespace'])
  const leaving = attackOf([{ do: 'send', on: 0, bytes: textFrame('41') }])
  expect(rulesOf(leaving, outcomeOf(handshake + connected + connected))).toEqual([])
  const inFragments =
    frameBytes({ opcode: opcodes.text, payload: '4', final: false }) + frameBytes({ opcode: opcodes.continuation, payload: '1' })
  expect(rulesOf(attackOf([{ do: 'send', on: 0, bytes: inFragments }]), outcomeOf(handshake + connected + connected))).toEqual([])
  expect(rulesOf(attackOf(), outcomeOf(`${handshake}${connected}40/admin,{"sid":"y"}`))).toEqual([])
  expect(rulesOf(attackOf(), outcomeOf(`${handshake}40/admin,{"sid":"y"}40/admin,{"sid":"z"}`))).toHaveLength(1)
})

test('a flood that is not cut off is a fault', () => {
  expect(rulesOf(attackOf(), { ...outcomeOf(''), unboundedFloods: ['took 17 MB'] })).toEqual(['a flood is not cut off'])
})
