import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TcpProxy } from './tcp-proxy.ts'

/** Returns each message to its sender. */
let echo: Server
let received = ''
let proxy: TcpProxy
let client: Socket
let answers = ''
let isClosed = false

const dial = async () => {
  const socket = connect(proxy.port, '127.0.0.1')
  client = socket
  answers = ''
  isClosed = false
  client.on('data', (data) => {
    answers += String(data)
  })
  client.on('error', () => undefined)
  client.on('close', () => {
    if (client === socket) isClosed = true
  })
  await once(client, 'connect')
}

beforeEach(async () => {
  received = ''
  echo = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      received += String(data)
      socket.write(data)
    })
  }).listen(0, '127.0.0.1')
  await once(echo, 'listening')
  proxy = await TcpProxy.start((echo.address() as AddressInfo).port)
  await dial()
})
afterEach(async () => {
  client.destroy()
  await proxy.close()
  echo.close()
})

test('delivers in both directions', async () => {
  client.write('a')
  await vi.waitFor(() => expect(answers).toBe('a'))
})

test('delays both directions', async () => {
  proxy.set({ kind: 'delay', ms: 60 })
  const began = performance.now()
  client.write('a')
  await vi.waitFor(() => expect(answers).toBe('a'))
  expect(performance.now() - began).toBeGreaterThan(110)
})

test('cut resets open and new connections until the mode changes', async () => {
  proxy.set({ kind: 'cut' })
  await vi.waitFor(() => expect(isClosed).toBe(true))
  await dial().catch(() => undefined)
  await vi.waitFor(() => expect(isClosed).toBe(true))
  expect(received).toBe('')
  proxy.set({ kind: 'pass' })
  await dial()
  client.write('b')
  await vi.waitFor(() => expect(answers).toBe('b'))
})

test('deaf accepts connections, delivers nothing, and resets them when the mode changes', async () => {
  proxy.set({ kind: 'deaf' })
  await dial()
  client.write('a')
  await vi.waitFor(() => expect(proxy.connections).toBe(2))
  expect([received, answers, isClosed]).toEqual(['', '', false])
  proxy.set({ kind: 'pass' })
  await vi.waitFor(() => expect(isClosed).toBe(true))
  expect([received, answers]).toEqual(['', ''])
})

test('dropReplies delivers a command and loses its answer', async () => {
  proxy.set({ kind: 'dropReplies' })
  client.write('a')
  await vi.waitFor(() => expect(isClosed).toBe(true))
  expect([received, answers, proxy.dropped]).toEqual(['a', '', 1])
})
