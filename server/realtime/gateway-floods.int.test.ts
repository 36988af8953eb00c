import { afterEach, expect, test, vi } from 'vitest'
import { createLimits, limitRates } from '../limits/limits.ts'
import { addressRates } from './address-rates.ts'
import { replaceableAfterMs } from './connection.ts'
import { budgetRates } from './connection-budget.ts'
import { connectionBounds } from './connection-checks.ts'
import { closeAll, connect, servesOthers, soon, startStill } from './gateway.fixture.ts'
import { dial, frame, http, poll } from './raw-client.fixture.ts'

afterEach(closeAll)

const floods: [string, Buffer][] = [
  ['acknowledgements', frame('430[]')],
  ['events that nobody listens to', frame('42["nothing"]')],
  ['pongs of Engine.IO', frame('3')],
  ['packets without a meaning', frame('6')],
  ['binary attachments', Buffer.concat([frame('451-["x",{"_placeholder":true,"num":0}]'), frame(Buffer.from([1, 2, 3]), 2)])],
  ['pings of WebSocket', frame('', 9)],
  ['pongs of WebSocket', frame('', 10)],
]

test.each(floods)('A6 a flood is cut off: %s', async (_what, packet) => {
  const { url, gateway, reported } = await startStill()
  const client = await dial(url)
  client.send('40')
  await client.until('40')
  client.raw.write(Buffer.concat(Array.from({ length: 1_000 }, () => packet)))
  await vi.waitFor(() => expect([client.isClosed(), gateway.sockets()]).toEqual([true, 0]), soon)
  expect(client.received.length).toBeLessThan(budgetRates.messages.burst + 10)
  await servesOthers(url)
  expect(reported).toEqual([])
})

test('A6 a WebSocket message may have 64 fragments, and one more closes the connection', async () => {
  const { url } = await startStill()
  const client = await dial(url)
  client.send('40')
  await client.until('40')
  const message = [...'420["leave",{"canvas":"main","tiles":[]}]']
  const inFragments = (count: number) =>
    Buffer.concat(Array.from({ length: count }, (_, i) => frame(message[i] ?? '', i === 0 ? 1 : 0, i === count - 1)))
  client.raw.write(inFragments(64))
  expect(await client.until('430')).toContain('"ok":true')
  client.raw.write(inFragments(65))
  await vi.waitFor(() => expect(client.isClosed()).toBe(true), soon)
})

test('A6 a flood is cut off also before the connection is in a namespace', async () => {
  const { url } = await startStill()
  const clients = await Promise.all(
    floods.map(async ([, packet]) => {
      const client = await dial(url)
      client.raw.write(Buffer.concat(Array.from({ length: 1_000 }, () => packet)))
      return client
    }),
  )
  await vi.waitFor(() => expect(clients.filter((client) => !client.isClosed())).toEqual([]), soon)
})

test('A6 each packet of a request counts, and so does the request', async () => {
  const { url, gateway, advance } = await startStill()
  const gone = () => {
    advance(connectionBounds.closingMs)
    expect(gateway.sockets()).toBe(0)
  }
  const many = await poll(url)
  await many.send('40')
  await many.send(...Array.from({ length: 1_000 }, () => '42["nothing"]')).catch(() => undefined)
  await vi.waitFor(gone)
  const often = await poll(url)
  await often.send('40')
  const answers: number[] = []
  for (let i = 0; i < 400 && answers.at(-1) !== 429; i++) answers.push((await often.send('6').catch(() => ({ status: 429 }))).status)
  expect(answers.at(-1)).toBeGreaterThanOrEqual(400)
  await vi.waitFor(gone)
})

test('A6 a connection that sends more than 256 KiB at once is cut off', async () => {
  const { url, advance } = await startStill()
  const client = await dial(url)
  client.send('40')
  await client.until('40')
  const large = `42["nothing","${'x'.repeat(64_900)}"]`
  for (let i = 0; i < 4; i++) client.send(large)
  client.send('421["leave",{"canvas":"main","tiles":[]}]')
  await client.until('431')
  expect(client.isClosed()).toBe(false)
  advance(1_000)
  client.send(large, large)
  await vi.waitFor(() => expect(client.isClosed()).toBe(true), soon)
  const polling = await poll(url)
  await polling.send('40')
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) statuses.push((await polling.send(large).catch(() => ({ status: 0 }))).status)
  expect(statuses).toContain(200)
  expect(statuses.at(-1)).not.toBe(200)
})

test('A6 a connection that has left its namespace is checked for unread data, and closed after ten seconds', async () => {
  const { url, gateway, advance } = await startStill()
  const client = await dial(url)
  client.send('40')
  await client.until('40')
  client.send('41')
  await vi.waitFor(() => expect(gateway.sockets()).toBe(1))
  advance(connectionBounds.outsideMs - 1)
  expect(gateway.sockets()).toBe(1)
  client.send('40')
  await vi.waitFor(() => expect(client.received.filter((packet) => packet.startsWith('40'))).toHaveLength(2))
  advance(connectionBounds.outsideMs)
  expect(gateway.sockets()).toBe(1)
  client.send('41')
  client.send('3')
  await vi.waitFor(() => {
    advance(connectionBounds.outsideMs)
    expect(gateway.sockets()).toBe(0)
  })
})

test('A6 a closed polling connection is removed within a second, even if its client never polls again', async () => {
  const placePixel = () => Promise.reject(Object.assign(new Error('lost'), { code: 'outcome_unknown' }))
  const { url, gateway } = await startStill({ placePixel })
  const client = await poll(url)
  await client.send('40{"token":"anna"}')
  await client.receive()
  await client.send('421["place",{"gx":1,"gy":1,"color":1}]')
  await vi.waitFor(() => expect(gateway.sockets()).toBe(0), soon)
})

test('A6 connections without a CONNECT are closed for new ones, and after ten seconds', async () => {
  const { url, gateway, advance } = await startStill({ limits: createLimits({ enabled: true }) })
  for (let i = 0; i < limitRates.socketsOfAddress; i++) await poll(url)
  await expect(connect(url)).rejects.toThrow()
  advance(replaceableAfterMs)
  for (let i = 0; i < 10; i++) await poll(url)
  expect(gateway.sockets()).toBe(limitRates.socketsOfAddress)
  await servesOthers(url)
  advance(connectionBounds.outsideMs)
  expect(gateway.sockets()).toBe(1)
})

test('A6 an address may open 100 connections at once, and ten a second', async () => {
  const { url, advance } = await startStill({ rateLimits: true })
  const open = async () => (await http(`${url}/socket.io/?EIO=4&transport=polling`)).status
  for (let i = 0; i < addressRates.handshakes.burst; i++) expect(await open()).toBe(200)
  expect(await open()).toBe(429)
  await expect(dial(url)).rejects.toThrow()
  advance(1_000)
  expect([await open(), await open()]).toEqual([200, 200])
})
