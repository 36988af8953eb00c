import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TcpProxy } from './tcp-proxy.ts'

/** Answers each message with itself. */
let echo: Server
let heard = ''
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
  heard = ''
  echo = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (data) => {
      heard += String(data)
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

test('passes both ways', async () => {
  client.write('a')
  await vi.waitFor(() => expect(answers).toBe('a'))
})

test('delays both ways', async () => {
  proxy.set({ kind: 'delay', ms: 60 })
  const began = performance.now()
  client.write('a')
  await vi.waitFor(() => expect(answers).toBe('a'))
  expect(performance.now() - began).toBeGreaterThan(110)
})

test('cuts what is open and refuses what comes, until it passes again', async () => {
  proxy.set({ kind: 'cut' })
  await vi.waitFor(() => expect(isClosed).toBe(true))
  await dial().catch(() => undefined)
  await vi.waitFor(() => expect(isClosed).toBe(true))
  expect(heard).toBe('')
  proxy.set({ kind: 'pass' })
  await dial()
  client.write('b')
  await vi.waitFor(() => expect(answers).toBe('b'))
})

test('deaf: accepts, delivers nothing and never answers; such connections end with it', async () => {
  proxy.set({ kind: 'deaf' })
  await dial()
  client.write('a')
  await vi.waitFor(() => expect(proxy.connections).toBe(2))
  expect([heard, answers, isClosed]).toEqual(['', '', false])
  proxy.set({ kind: 'pass' })
  await vi.waitFor(() => expect(isClosed).toBe(true))
  expect([heard, answers]).toEqual(['', ''])
})

test('drops the answer after the command was done', async () => {
  proxy.set({ kind: 'dropReplies' })
  client.write('a')
  await vi.waitFor(() => expect(isClosed).toBe(true))
  expect([heard, answers, proxy.dropped]).toEqual(['a', '', 1])
})
