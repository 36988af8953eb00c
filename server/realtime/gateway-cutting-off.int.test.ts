import type { Socket } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { asPainterId, asPosition } from '../../lib/brand.ts'
import { streamCommit } from '../stream/contract.ts'
import { closeAll, connect, heard, join, main, start, tile0 } from './gateway-fixture.ts'

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
  // More than the kernel's buffers on both sides take.
  for (let i = 0; i < 2_000; i++) gateway.frame({ ref: { canvas: main, tile: tile0 }, from: commit.seq, to: commit.seq, commits: [commit] })
  gateway.cutOffSlowClients()
  await vi.waitFor(() => expect(gateway.sockets()).toBe(0))
})

test('A7 what was sent before the end arrives, and a client that does not read does not hold it up', async () => {
  const { gateway, httpServer, url } = await start()
  const [reading, stalled] = [await connect(url), await connect(url)]
  for (const socket of [reading, stalled]) await join(socket, 0)
  const frames = heard(reading, 'pixels')
  pause(stalled)
  const commit = largeCommit()
  for (let i = 0; i < 50; i++) gateway.frame({ ref: { canvas: main, tile: tile0 }, from: commit.seq, to: commit.seq, commits: [commit] })
  await gateway.close()
  await vi.waitFor(() => expect(frames).toHaveLength(50))
  const connections = () => new Promise((resolve) => httpServer.getConnections((_error, count) => resolve(count)))
  await vi.waitFor(async () => expect(await connections()).toBe(0))
})

test('A7 closing ends every connection, and clients look for another one', async () => {
  const { gateway, url } = await start()
  const socket = await connect(url)
  const reason = new Promise((resolve) => socket.once('disconnect', resolve))
  await gateway.close()
  expect(await reason).toBe('transport close')
})
