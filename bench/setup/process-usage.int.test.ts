import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { connectionsTo } from './connections.ts'
import { cpuSecondsOf, residentBytesOf } from './process-usage.ts'

test('CPU time rises with the work of the process', () => {
  const before = cpuSecondsOf(process.pid)
  const { user, system } = process.cpuUsage()
  expect(Math.abs(before - (user + system) / 1e6)).toBeLessThan(1)
  for (const end = process.cpuUsage().user + 100_000; process.cpuUsage().user < end; );
  expect(cpuSecondsOf(process.pid) - before).toBeGreaterThan(0.05)
})

test('resident memory is in bytes', () => {
  const ratio = residentBytesOf(process.pid) / process.memoryUsage.rss()
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
})

test('connections are counted by their remote port', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const address = `redis://127.0.0.1:${port}`
  expect(connectionsTo(process.pid, address)).toBe(0)
  const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')]
  for (const socket of sockets) await once(socket, 'connect')
  expect(connectionsTo(process.pid, address)).toBe(2)
  for (const socket of sockets) socket.destroy()
  server.close()
})
