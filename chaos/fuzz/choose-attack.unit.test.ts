import { expect, test } from 'vitest'
import { attackOf, describeAttack, kinds } from './choose-attack.ts'
import { testTarget } from './fuzz.fixture.ts'

const attack = (seed: number, number: number) => attackOf({ seed, number, target: testTarget, hosts: ['127.0.0.1:1', '127.0.0.1:2'] })

test('the same seed and number give the same attack, independent of earlier attacks', () => {
  const first = Array.from({ length: 300 }, (_, number) => attack(7, number))
  expect(Array.from({ length: 300 }, (_, index) => attack(7, 299 - index)).toReversed()).toEqual(first)
  expect(Array.from({ length: 300 }, (_, number) => attack(8, number))).not.toEqual(first)
})

test('every attack is chosen in time, and can be described', () => {
  const made = new Set<string>()
  for (let number = 0; number < 4_000; number++) {
    const one = attack(1, number)
    made.add(`${one.kind}: ${one.name}`)
    expect(describeAttack(one)).toContain(`attack ${number}`)
  }
  expect([...made].toSorted()).toEqual(
    kinds.flatMap(([, [kind, makers]]) => Object.keys(makers).map((name) => `${kind}: ${name}`)).toSorted(),
  )
})

test('attacks send only bytes', () => {
  for (let number = 0; number < 2_000; number++) {
    for (const step of attack(2, number).steps) {
      if (step.do === 'send') expect(Buffer.from(step.bytes, 'latin1').toString('latin1')).toBe(step.bytes)
    }
  }
})

test('no attack requests a pause of publishing', () => {
  for (let number = 0; number < 4_000; number++) {
    for (const step of attack(3, number).steps) if (step.do === 'send') expect(step.bytes).not.toMatch(/POST \S*outbox\/(pause|resume)/)
  }
})
