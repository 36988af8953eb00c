import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSignInLink, linkLastsMs } from './sign-in-link.ts'

const setUp = () => {
  const clock = { nowMs: 1_000 }
  const link = createSignInLink({ now: () => clock.nowMs, randomBytes })
  const secretOf = (url: string) => url.slice(url.indexOf('=') + 1)
  return { clock, link, secretOf }
}

test('a link has the given address, and works once', () => {
  const { link, secretOf } = setUp()
  const url = link.make('https://fresco.example')
  expect(url).toMatch(/^https:\/\/fresco\.example\/admin#sign-in=[\w-]{43}$/)
  expect(link.redeem('something else')).toBe(false)
  expect(link.redeem(secretOf(url))).toBe(true)
  expect(link.redeem(secretOf(url))).toBe(false)
})

test('a link expires after an hour, or when another one is made', () => {
  const { clock, link, secretOf } = setUp()
  const first = secretOf(link.make('http://localhost'))
  const second = secretOf(link.make('http://localhost'))
  expect(link.redeem(first)).toBe(false)
  clock.nowMs += linkLastsMs
  expect(link.redeem(second)).toBe(false)
  const third = secretOf(link.make('http://localhost'))
  clock.nowMs += linkLastsMs - 1
  expect(link.redeem(third)).toBe(true)
})

test('without a link every secret is refused', () => {
  expect(setUp().link.redeem('')).toBe(false)
})
