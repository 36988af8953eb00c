import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { planSettlement } from './plan-settlement.ts'
import { isPublicAddress } from './public-address.ts'
import { PrivateAddressError, resolveHost } from './resolve-host.ts'
import { newSecret, signatureHeaders } from './signature.ts'

test.each([
  ...['127.0.0.1', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.100.100.200'],
  ...['192.0.0.192', '198.18.0.1', '224.0.0.1', '255.255.255.255', '203.0.113.7'],
  ...['::', '::1', '::ffff:127.0.0.1', '::ffff:a9fe:a9fe', '::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001::1'],
  ...['fc00::1', 'fd00:ec2::254', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '2001:db8::1', '5f00::1', 'not an address', ''],
])('webhooks do not go to %s', (address) => {
  expect(isPublicAddress(address)).toBe(false)
})

test.each(['1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '223.255.255.255', '2606:4700::1111', '::ffff:8.8.8.8'])(
  'webhooks may go to %s',
  (address) => {
    expect(isPublicAddress(address)).toBe(true)
  },
)

test.each(['2130706433', '0x7f000001', '0177.0.0.1', '127.1', '[::ffff:127.0.0.1]', '0', '[::1]', '127.0.0.1.', '１２７.0.0.1'])(
  'the host %s is the private address that it spells',
  async (host) => {
    const { hostname } = new URL(`http://${host}/`)
    const signal = new AbortController().signal
    await expect(resolveHost(hostname, { allowPrivate: false, signal })).rejects.toThrow(PrivateAddressError)
    expect((await resolveHost(hostname, { allowPrivate: true, signal })).family).toBeGreaterThan(0)
  },
)

test('of a name with public and private addresses, the public one is used', async () => {
  const lookUp = async () => [
    { address: '10.0.0.1', family: 4 },
    { address: '1.1.1.1', family: 4 },
  ]
  const signal = new AbortController().signal
  expect(await resolveHost('both.example', { allowPrivate: false, signal, lookUp })).toEqual({ address: '1.1.1.1', family: 4 })
})

test('a signature is that of the published example, and a receiver can check it', () => {
  const example = { secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', formerSecret: null }
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', body: '{"test": 2432232314}', nowMs: 1_614_265_330_000 }
  expect(signatureHeaders(example, message)).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('for a day, the signatures of the new and of the replaced secret are sent', () => {
  const [secret, former] = [newSecret(), newSecret()]
  const nowMs = Date.now()
  const headersAt = (untilMs: number) =>
    signatureHeaders({ secret, formerSecret: { secret: former, untilMs } }, { id: 'x', body: '{"a":1}', nowMs })
  for (const one of [secret, former]) expect(new Webhook(one).verify('{"a":1}', headersAt(nowMs + 1))).toEqual({ a: 1 })
  expect(() => new Webhook(former).verify('{"a":1}', headersAt(nowMs))).toThrow()
})

const answered = {
  status: 500 as number | null,
  error: 'Status 500.' as string | null,
  durationMs: 1,
  answer: '',
  retryAfter: undefined as string | undefined,
}
const settled = (
  some: Partial<typeof answered>,
  more: { attempts?: number; createdAtMs?: number; format?: 'discord'; isStopping?: true } = {},
) => {
  const { attempts = 1, createdAtMs = 0, format = 'standard', isStopping = false } = more
  const { outcome, settlement } = planSettlement(
    { attempts, createdAtMs },
    { ...answered, ...some },
    { format, nowMs: 10_000, random: () => 0, isStopping },
  )
  const { state, nextAtMs, counts } = settlement
  return [outcome, state, nextAtMs, counts]
}

test('what follows from an attempt', () => {
  expect(settled({ status: 204, error: null })).toEqual(['delivered', 'delivered', 0, true])
  expect(settled({})).toEqual(['retry', 'waiting', 15_000, true])
  expect(settled({ status: null }, { attempts: 2 })).toEqual(['retry', 'waiting', 310_000, true])
  expect(settled({}, { attempts: 10 })).toEqual(['dead', 'dead', 0, true])
  expect(settled({ status: 410 })).toEqual(['gone', 'dead', 0, true])
  expect(settled({ status: 404 })).toEqual(['retry', 'waiting', 15_000, true])
  expect(settled({ status: 404 }, { format: 'discord' })).toEqual(['gone', 'dead', 0, true])
  expect(settled({ status: 429, retryAfter: '2.5' }, { attempts: 10 })).toEqual(['limited', 'waiting', 12_500, false])
  expect(settled({ status: 429, retryAfter: '2.5' }, { createdAtMs: -3 * 86_400_000 })).toEqual(['retry', 'waiting', 15_000, true])
  expect(settled({ status: 429 })).toEqual(['retry', 'waiting', 15_000, true])
  expect(settled({ status: null }, { isStopping: true })).toEqual(['stopped', 'waiting', 0, false])
  expect(settled({ status: 200, error: null }, { isStopping: true })).toEqual(['delivered', 'delivered', 0, true])
})
