/** Refuses malformed requests before any other listener of the server, including Socket.IO's, gets them. */
import { type Server, STATUS_CODES } from 'node:http'
import { endRaw } from './raw-answer.ts'
import { readTarget } from './request-target.ts'

/** Call it after all listeners are added, including Socket.IO's. */
export const refuseMalformed = (http: Server) => {
  const [onRequest, onUpgrade] = [http.listeners('request'), http.listeners('upgrade')]
  http.removeAllListeners('request').removeAllListeners('upgrade')
  http.on('request', (request, response) => {
    const refusal = readTarget(request)
    if (!refusal) for (const listener of onRequest) listener.call(http, request, response)
    else response.writeHead(refusal.status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(refusal.text)
  })
  if (onUpgrade.length === 0) return
  http.on('upgrade', (request, socket, head) => {
    const refusal = readTarget(request)
    if (!refusal) for (const listener of onUpgrade) listener.call(http, request, socket, head)
    else endRaw(socket, { status: `${refusal.status} ${STATUS_CODES[refusal.status]}`, body: refusal.text })
  })
}
