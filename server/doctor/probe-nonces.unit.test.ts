import { expect, test } from 'vitest'
import { asCanvasId, asEpoch } from '../../lib/brand.ts'
import { createProbeNonces, historyOf, nonceLastsMs } from './probe-nonces.ts'

const clock = { nowMs: 1_000_000_000_000 }
const create = (sessionSecret = 'one secret') =>
  createProbeNonces({ sessionSecret, now: () => clock.nowMs, randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)) })

test('a nonce is valid once, for a minute, and in every process with the same secret', () => {
  const [one, other, stranger] = [create(), create(), create('another secret')]
  const nonce = one.make()
  expect([one.isOwn(nonce), other.isOwn(nonce), stranger.isOwn(nonce)]).toEqual([true, true, false])
  expect([other.take(nonce), other.take(nonce)]).toEqual([true, false])
  expect(stranger.take(nonce)).toBe(false)
  expect(other.proofOf(nonce)).toBe(one.proofOf(nonce))
  expect(stranger.proofOf(nonce)).not.toBe(one.proofOf(nonce))
  const late = one.make()
  clock.nowMs += nonceLastsMs + 1
  expect(one.take(late)).toBe(false)
})

test.each([null, '', 'x', `${(1_000_000_000_000).toString(36)}.${'a'.repeat(22)}.${'a'.repeat(43)}`, 'a'.repeat(100_000)])(
  'a text that is no nonce is refused',
  (text) => expect(create().take(text)).toBe(false),
)

test('a history depends on each board and its epoch, and not on their order', () => {
  const board = (id: string, epoch: string) => ({ id: asCanvasId(id), epoch: asEpoch(epoch) })
  const history = historyOf([board('main', 'aaaaaaaa'), board('other', 'bbbbbbbb')])
  expect(historyOf([board('other', 'bbbbbbbb'), board('main', 'aaaaaaaa')])).toBe(history)
  expect(historyOf([board('main', 'aaaaaaaa'), board('other', 'cccccccc')])).not.toBe(history)
})
