/** Baseline of G9: Socket.IO with a room and nothing else, set up like Fresco's gateway. It listens on PORT. */
import { createServer } from 'node:http'
import { Server } from 'socket.io'
import { answerWithBoard, joined } from './fake-board.ts'

const http = createServer(answerWithBoard)
const io = new Server(http, {
  serveClient: false,
  transports: ['websocket', 'polling'],
  perMessageDeflate: false,
  httpCompression: false,
  maxHttpBufferSize: 65_536,
  pingInterval: 10_000,
  pingTimeout: 5_000,
})
io.on('connection', (socket) => {
  socket.on('join', (_payload: unknown, ack: (answer: unknown) => void) => {
    void socket.join('tile')
    ack(joined)
  })
})
http.listen(Number(process.env['PORT']), '127.0.0.1', () => process.send?.('ready'))
process.on('disconnect', () => process.exit())
