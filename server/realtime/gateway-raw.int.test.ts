/** Raw Engine.IO and Socket.IO packets, over both transports. */
import { connect as connectTcp } from 'node:net'
import { text } from 'node:stream/consumers'
import { io } from 'socket.io-client'
import { afterEach, expect, test, vi } from 'vitest'
import { budgetRates } from './connection-budget.ts'
import { closeAll, connect, join, servesOthers, soon, start, startStill } from './gateway.fixture.ts'
import { dial, http, poll } from './raw-client.fixture.ts'

afterEach(closeAll)

test('a client may leave the default namespace and join it again by polling, in any grouping of requests', async () => {
  const { url, reported } = await startStill({ addressOf: ({ socket }) => socket.remoteAddress ?? 'unknown' })
  const client = await poll(url)
  for (const packet of ['40', '41', '40']) expect(await client.send(packet)).toMatchObject({ status: 200, text: 'ok' })
  expect((await client.receive()).filter((packet) => packet.startsWith('40'))).toHaveLength(2)
  await servesOthers(url)
  expect(reported).toEqual([])
})

test('a client may leave the default namespace and join it again by WebSocket, in one write', async () => {
  const { url, reported } = await startStill({ addressOf: ({ socket }) => socket.remoteAddress ?? 'unknown' })
  const client = await dial(url)
  client.send('40')
  await client.until('40')
  client.send('41', '40')
  await vi.waitFor(() => expect(client.received.filter((packet) => packet.startsWith('40'))).toHaveLength(2))
  client.send('421["leave",{"canvas":"main","tiles":[]}]')
  expect(await client.until('431')).toContain('"ok":true')
  await servesOthers(url)
  expect(reported).toEqual([])
  client.close()
})

test('a client in two namespaces that reconnects one of them stays in the other', async () => {
  const { url, reported } = await startStill({ addressOf: ({ socket }) => socket.remoteAddress ?? 'unknown' })
  const manager = io(url, { transports: ['websocket'], reconnection: false, forceNew: true, auth: { token: 'admin' } })
  const admin = manager.io.socket('/admin', { auth: { token: 'admin' } })
  await vi.waitFor(() => expect([manager.connected, admin.connected]).toEqual([true, true]))
  for (let times = 0; times < 3; times++) {
    manager.disconnect().connect()
    await vi.waitFor(() => expect(manager.connected).toBe(true))
  }
  expect([admin.connected, (await join(manager)).ok]).toEqual([true, true])
  expect(reported).toEqual([])
  manager.io._close()
})

test.each([[['polling']], [['polling', 'websocket']], [['websocket']]])('a Socket.IO client is served: %j', async (transports) => {
  const { url, reported } = await startStill()
  const socket = await connect(url, { transports })
  await vi.waitFor(() => expect(socket.io.engine.transport.name).toBe(transports.at(-1)), soon)
  expect(await join(socket)).toMatchObject({ ok: true })
  socket.disconnect().connect()
  await vi.waitFor(() => expect(socket.connected).toBe(true))
  expect(await join(socket)).toMatchObject({ ok: true })
  expect(reported).toEqual([])
})

test.each([
  ['a handshake', '?EIO=4&transport=polling', 200],
  ['JSONP', '?EIO=4&transport=polling&j=0', 400],
  ['another protocol', '?EIO=3&transport=polling', 400],
  ['an unknown sid', '?EIO=4&transport=polling&sid=x', 400],
  ['nothing', '', 400],
])('every answer has nosniff: %s', async (_what, query, status) => {
  const { url } = await start()
  const answer = await http(`${url}/socket.io/${query}`)
  expect([answer.status, answer.headers['x-content-type-options']]).toEqual([status, 'nosniff'])
})

test('an exception while a socket is identified is reported with its stack, and the client is refused', async () => {
  const { url, reported } = await startStill({
    identify({ token }) {
      if (token === 'broken') throw new Error('broken')
      return { kind: 'anonymous' }
    },
  })
  await expect(connect(url, { auth: { token: 'broken' } })).rejects.toMatchObject({ data: { code: 'unavailable' } })
  await servesOthers(url)
  expect(reported).toMatchObject([[{ event: 'unexpected_error', where: 'socket_identification', err: { message: 'broken' } }]])
})

test('an exception while a connection opens is reported, and the connection is closed', async () => {
  let isBroken = true
  const addressOf = () => {
    if (isBroken) throw new Error('broken')
    return 'here'
  }
  const { url, reported } = await startStill({ addressOf })
  await expect(http(`${url}/socket.io/?EIO=4&transport=polling`)).rejects.toThrow()
  await expect(connect(url)).rejects.toThrow()
  isBroken = false
  await servesOthers(url)
  expect(reported.map(([line]) => line.where)).toEqual(['socket_admission', 'socket_admission'])
})

test.each(['40', '40/admin,{"token":"admin"}'])('A6 two CONNECTs of one namespace at once close the connection: %s', async (packet) => {
  const { url, gateway } = await startStill()
  const client = await dial(url)
  client.send(packet, packet)
  await vi.waitFor(() => expect(client.isClosed()).toBe(true), soon)
  const other = await poll(url)
  await other.send(packet, packet).catch(() => undefined)
  await vi.waitFor(() => expect(gateway.sockets()).toBe(0))
})

test('A6 a CONNECT of a namespace that the connection is in closes the connection', async () => {
  const { url } = await startStill()
  const client = await dial(url)
  client.send('40')
  await client.until('40')
  client.send('40')
  await vi.waitFor(() => expect(client.isClosed()).toBe(true), soon)
})

test.each(['42["join",{}]', '41', '43[]', '44{}', '451-["x"]', '42/admin,["x"]', '4', '49', 'x', '2', '42/nowhere,["x"]'])(
  'a packet before the CONNECT is answered closes the connection: %s',
  async (packet) => {
    const { url, gateway, reported } = await startStill()
    const client = await dial(url)
    client.send(packet)
    await vi.waitFor(() => expect(client.isClosed()).toBe(true), soon)
    const pending = await dial(url)
    pending.send('40', packet)
    await vi.waitFor(() => expect(pending.isClosed()).toBe(true))
    const other = await poll(url)
    await other.send('40', packet).catch(() => undefined)
    await vi.waitFor(() => expect(gateway.sockets()).toBe(0))
    expect(reported).toEqual([])
  },
)

test('A6 a new CONNECT does not renew the budget', async () => {
  const { url } = await startStill()
  const client = await dial(url)
  let sent = 0
  for (let round = 0; round < 5; round++) {
    client.send('40')
    await vi.waitFor(() => expect(client.received.filter((packet) => packet.startsWith('40'))).toHaveLength(round + 1))
    client.send(...Array.from({ length: 40 }, (_, i) => `42${i}["leave",{"canvas":"main","tiles":[]}]`))
    sent += 40
    await vi.waitFor(() => expect(client.received.filter((packet) => packet.startsWith('43'))).toHaveLength(sent))
    client.send('41')
  }
  const answers = client.received.filter((packet) => packet.startsWith('43'))
  // Three CONNECTs and two DISCONNECTs counted, too.
  const carriedOut = budgetRates.messages.burst - 5
  expect(answers.filter((packet) => packet.includes('"ok":true'))).toHaveLength(carriedOut)
  expect(answers.filter((packet) => packet.includes('rate_limited'))).toHaveLength(sent - carriedOut)
  client.close()
})

test('A6 the CONNECTs of a connection are counted, also refused ones', async () => {
  const { url } = await startStill()
  const client = await dial(url)
  for (let i = 0; i < budgetRates.connects.burst; i++) {
    client.send('40{"token":"bad"}')
    await vi.waitFor(() => expect(client.received.filter((packet) => packet.startsWith('44'))).toHaveLength(i + 1))
  }
  client.send('40')
  await vi.waitFor(() => expect(client.isClosed()).toBe(true), soon)
})

test.each(['POST', 'HEAD', 'PUT'])('an upgrade with the method %s is refused with an answer', async (method) => {
  const { url, reported } = await startStill()
  const { hostname, port } = new URL(url)
  const socket = connectTcp(Number(port), hostname)
  socket.write(
    `${method} /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n`,
  )
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 405 /)
  expect(reported).toEqual([])
})
