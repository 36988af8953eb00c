/**
 * Baseline of G6: frames of the same kind, each encoded once down to the WebSocket frame and written to every socket of the library
 * `ws`. It has as much of Socket.IO's handshake as the watchers need. Environment: PORT, FRAMES_PER_SECOND, PIXELS_PER_FRAME.
 */
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { WebSocketServer } from 'ws'
import { encodePixels } from '../../lib/codec.ts'
import { createClicks } from '../load/clicks.ts'
import { encodeEvent } from '../load/socket-io.ts'
import { encodeServerFrame } from '../load/ws-frame.ts'
import { answerWithBoard, joined } from './fake-board.ts'

const perFrame = Number(process.env['PIXELS_PER_FRAME'])
const click = createClicks({ x: 0, y: 0, width: 1_000, height: 1_000 }, 16)
const http = createServer(answerWithBoard)
const server = new WebSocketServer({ server: http, perMessageDeflate: false })
const joinedSockets = new Set<Socket>()

server.on('connection', (socket, request) => {
  socket.send('0{"sid":"baseline"}')
  socket.on('message', (data) => {
    const text = String(data)
    if (text === '40') socket.send('40{"sid":"baseline"}')
    if (text.startsWith('421')) {
      socket.send(`431${JSON.stringify([joined])}`)
      joinedSockets.add(request.socket)
    }
  })
  socket.on('close', () => joinedSockets.delete(request.socket))
})

let seq = 0
const broadcast = () => {
  const pixels = new Map<number, number>()
  for (let i = 0; i < perFrame; i++) {
    const { gx, gy, color } = click(seq * perFrame + i)
    pixels.set(gy * 1_024 + gx, color)
  }
  const positions = Uint32Array.from(pixels.keys()).sort()
  const colors = Uint8Array.from(positions, (position) => pixels.get(position) ?? 0)
  seq++
  const data = Buffer.from(encodePixels({ positions, colors })).toString('base64')
  const frame = encodeServerFrame(encodeEvent('pixels', ['main', 0, 1, seq, data]))
  for (const socket of joinedSockets) socket.write(frame)
}

setInterval(broadcast, 1_000 / Number(process.env['FRAMES_PER_SECOND']))
http.listen(Number(process.env['PORT']), '127.0.0.1', () => process.send?.('ready'))
process.on('disconnect', () => process.exit())
