/**
 * Raw Engine.IO and Socket.IO packets in any order, over both transports, valid and invalid. Nothing unexpected is thrown, other clients
 * are served, and nothing stays in memory. The seed is in the test's name; FUZZ_SEED repeats it.
 */
import { afterEach, expect, test, vi } from 'vitest'
import type { Target } from '../../chaos/fuzz/attack.ts'
import { packetSequence } from '../../chaos/fuzz/packets.ts'
import { strangeFrame } from '../../chaos/fuzz/websocket-frames.ts'
import { Random } from '../../chaos/random.ts'
import { createUnexpectedErrors } from '../observability/unexpected-errors.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { closeAll, connect, join, start } from './gateway.fixture.ts'
import { dial, frame, http, poll } from './raw-client.fixture.ts'

afterEach(closeAll)

const firstSeed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const clients = 150

const target: Target = {
  host: 'localhost',
  adminToken: 'admin',
  tokens: ['anna', 'bert', 'bad'],
  guestCookie: 'fresco_session=x',
  canvas: testCanvas(),
}

/** Everything that was sent before has probably been read by now. */
const roundTrip = (url: string) => http(`${url}/socket.io/`)

const overWebSocket = async (url: string, random: Random) => {
  const client = await dial(url)
  for (const packet of packetSequence(random, target)) {
    if (client.isClosed()) break
    client.raw.write(random.chance(0.2) ? Buffer.from(strangeFrame(random, packet), 'latin1') : frame(packet.slice(0, 60_000)))
    if (random.chance(0.5)) await roundTrip(url)
  }
  if (random.chance(0.7)) client.close()
}

const overPolling = async (url: string, random: Random) => {
  const client = await poll(url)
  for (const packet of packetSequence(random, target)) {
    const sent = client.send(...Array.from({ length: random.chance(0.2) ? 3 : 1 }, () => packet)).catch(() => undefined)
    if (random.chance(0.3)) void client.receive().catch(() => undefined)
    if (random.chance(0.1)) await http(client.session, { method: random.pick(['PUT', 'HEAD', 'DELETE', 'OPTIONS']) ?? 'PUT' })
    if (random.chance(0.7)) await sent
  }
}

test(`A6 raw packets of ${clients} clients in any order are handled, and other clients are served (FUZZ_SEED=${firstSeed})`, async () => {
  let nowMs = 0
  const error = vi.fn()
  const errors = createUnexpectedErrors({ logger: { error }, monotonicNow: () => nowMs })
  const { url, gateway, store, place } = await start({
    gateway: {
      errors,
      monotonicNow: () => nowMs,
      addressOf: ({ socket }) => socket.remoteAddress ?? 'unknown',
      placePixel: async () => ({ kind: 'refused', refusal: { code: 'cooldown', detail: 'Later.' } }),
    },
  })
  const rejected = vi.fn()
  process.on('unhandledRejection', rejected)
  const good = await connect(url, { auth: { token: 'carl' } })
  for (let i = 0; i < clients; i++) {
    const random = new Random(firstSeed + i)
    await (random.chance(0.5) ? overWebSocket(url, random) : overPolling(url, random))
    if (i % 10 === 0) expect(await join(good), `after client ${i}`).toMatchObject({ ok: true })
    nowMs += 100
  }
  await place(1, 1)
  await vi.waitFor(async () => expect(await join(good)).toMatchObject({ ok: true, tiles: [{ head: 1 }] }))
  process.off('unhandledRejection', rejected)
  expect(rejected.mock.calls).toEqual([])
  expect(error.mock.calls).toEqual([])
  expect(await store.listCanvases()).toMatchObject([{ id: 'main', rev: 1 }])

  good.disconnect()
  await gateway.close()
  await vi.waitFor(() => expect(gateway.sockets()).toBe(0), { timeout: 5_000 })
}, 60_000)
