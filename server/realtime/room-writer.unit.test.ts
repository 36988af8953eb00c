import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import type { GatewayServer } from './gateway-socket.ts'
import { textFrame, writeToRoom } from './room-writer.ts'

test.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('a WebSocket client reads a frame of %i bytes', async (length) => {
  const server = new WebSocketServer({ port: 0, perMessageDeflate: false })
  const text = 'é'.repeat(length >> 1) + 'x'.repeat(length % 2)
  server.on('connection', (_socket, request) => request.socket.write(textFrame(text)))
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`)
  const received = await new Promise<string>((resolve, reject) => {
    client.on('message', (data) => resolve(String(data))).on('error', reject)
  })
  expect(received).toBe(text)
  client.terminate()
  server.close()
})

const memberThat = (conn: { readyState?: string; writeBuffer?: unknown[]; name?: string; wsState?: number }) => {
  const written: Buffer[] = []
  const emitted: unknown[][] = []
  const socket = { readyState: conn.wsState ?? 1, _socket: { write: (frame: Buffer) => written.push(frame) } }
  return {
    written,
    emitted,
    emit: (...args: unknown[]) => emitted.push(args),
    conn: {
      readyState: conn.readyState ?? 'open',
      writeBuffer: conn.writeBuffer ?? [],
      transport: { name: conn.name ?? 'websocket', socket },
    },
  }
}
const serverWith = (members: Record<string, ReturnType<typeof memberThat>>) =>
  ({
    sockets: {
      adapter: { rooms: new Map([['room', new Set([...Object.keys(members), 'gone'])]]) },
      sockets: new Map(Object.entries(members)),
    },
  }) as unknown as GatewayServer

test('idle WebSockets get the same frame; other connections get it through Socket.IO, behind their queue', () => {
  const members = {
    idle: memberThat({}),
    other: memberThat({}),
    behind: memberThat({ writeBuffer: ['a packet'] }),
    polling: memberThat({ name: 'polling' }),
    closing: memberThat({ readyState: 'closing' }),
    broken: memberThat({ wsState: 3 }),
  }
  writeToRoom(serverWith(members), 'room', 'pixels', ['main', 7])
  expect(members.idle.written).toEqual([textFrame('42["pixels","main",7]')])
  expect(members.other.written[0]).toBe(members.idle.written[0])
  for (const name of ['behind', 'polling', 'closing', 'broken'] as const) {
    expect(members[name].written).toEqual([])
    expect(members[name].emitted).toEqual([['pixels', 'main', 7]])
  }
  expect(members.idle.emitted).toEqual([])
})

test('nothing is encoded for an empty room', () => {
  expect(() => writeToRoom(serverWith({}), 'empty', 'pixels', [BigInt(1)])).not.toThrow()
})
