/** Stands before everybody who listens to the server, Socket.IO too: a malformed request reaches none of them. */
import type { Server } from 'node:http'
import { readTarget, type TargetRefusal } from './request-target.ts'

const plainText = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' }

/** Call it when all listeners are there, Socket.IO's too. */
export const refuseMalformed = (http: Server) => {
  const [onRequest, onUpgrade] = [http.listeners('request'), http.listeners('upgrade')]
  http.removeAllListeners('request').removeAllListeners('upgrade')
  http.on('request', (request, response) => {
    const refusal = readTarget(request)
    if (refusal) response.writeHead(refusal.status, { ...plainText, connection: 'close' }).end(refusal.text)
    else for (const listener of onRequest) listener.call(http, request, response)
  })
  if (onUpgrade.length === 0) return
  http.on('upgrade', (request, socket, head) => {
    const refusal = readTarget(request)
    if (refusal) socket.on('error', () => undefined).end(refusedUpgrade(refusal))
    else for (const listener of onUpgrade) listener.call(http, request, socket, head)
  })
}

const refusedUpgrade = ({ status, text }: TargetRefusal) =>
  `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
