import type { Socket } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { asPainterId, asPosition, asSeq } from '../../lib/brand.ts'
import { testCanvas } from '../store/store.fixture.ts'
import { streamCommit } from '../stream/contract.ts'
import { closeAll, connect, follow, join, main, received, start, tile0 } from './gateway.fixture.ts'

afterEach(closeAll)

/** Stops reading from the network. */
const pause = (socket: Socket) => {
  const { transport } = socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void } } } }
  transport.ws._socket.pause()
}

const largeCommit = () => {
  const pixels = Array.from({ length: 4_096 }, (_, i) => ({ position: asPosition(i), color: i % 4, previous: 0, by: asPainterId('p_a') }))
  return streamCommit(1, { pixels })
}

test('A6 a client that does not read is cut off', async () => {
  const { gateway, url } = await start()
  const socket = await connect(url)
  await join(socket, 0)
  pause(socket)
  const commit = largeCommit()
  // More than the kernel's buffers on both sides hold.
  for (let i = 0; i < 2_000; i++) gateway.frame({ ref: { canvas: main, tile: tile0 }, from: commit.seq, to: commit.seq, commits: [commit] })
  gateway.checkConnections()
  await vi.waitFor(() => expect(gateway.sockets()).toBe(0))
})

test('A3 A6 a client that was cut off connects again and resumes', async () => {
  const { gateway, url, place, store } = await start()
  const socket = await connect(url)
  const before = follow(socket)
  await join(socket, 0)
  before.board({ seq: asSeq(0), colors: new Uint8Array(64 * 64), epoch: testCanvas().epoch })
  await place(1, 1)
  await vi.waitFor(() => expect(before.seq()).toBe(1))
  pause(socket)
  await place(2, 2)
  const commit = largeCommit()
  for (let i = 0; i < 2_000; i++) gateway.frame({ ref: { canvas: main, tile: tile0 }, from: commit.seq, to: commit.seq, commits: [commit] })
  gateway.checkConnections()
  await vi.waitFor(() => expect(gateway.sockets()).toBe(0))
  await place(3, 3)
  const again = await connect(url)
  const frames = received(again, 'pixels')
  expect(await join(again, 1)).toMatchObject({ ok: true, tiles: [{ mode: expect.stringMatching(/live|replay/) }] })
  const head = async () => (await store.readHeads(main)).get(tile0)
  await vi.waitFor(async () => expect(frames.at(-1)?.[3]).toBe(await head()))
  expect(frames[0]?.[2]).toBe(2)
})

test('A7 data sent before the close arrives, and a client that does not read does not delay the close', async () => {
  const { gateway, httpServer, url } = await start()
  const [reading, stalled] = [await connect(url), await connect(url)]
  for (const socket of [reading, stalled]) await join(socket, 0)
  const frames = received(reading, 'pixels')
  pause(stalled)
  const commit = largeCommit()
  for (let i = 0; i < 50; i++) gateway.frame({ ref: { canvas: main, tile: tile0 }, from: commit.seq, to: commit.seq, commits: [commit] })
  await gateway.close()
  await vi.waitFor(() => expect(frames).toHaveLength(50))
  const connections = () => new Promise((resolve) => httpServer.getConnections((_error, count) => resolve(count)))
  await vi.waitFor(async () => expect(await connections()).toBe(0))
})

test('A7 closing ends every connection, and the clients connect again', async () => {
  const { gateway, url } = await start()
  const socket = await connect(url)
  const reason = new Promise((resolve) => socket.once('disconnect', resolve))
  await gateway.close()
  expect(await reason).toBe('transport close')
})
