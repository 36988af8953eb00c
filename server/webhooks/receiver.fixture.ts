/** A receiver of webhooks on this machine, which answers as a test wants. */
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WebhookEndpoint } from '../store/webhooks-port.ts'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export const startReceiver = async (answer: (response: ServerResponse, received: Received, request: IncomingMessage) => void) => {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const one = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
    received.push(one)
    answer(response, one, request)
  })
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

export const endpointOf = (id: string, url: string, more: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  id,
  url,
  format: 'standard',
  types: ['canvas.opened', 'backup.failed'],
  enabled: true,
  disabledBecause: null,
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  formerSecret: null,
  createdAtMs: 1_000,
  ...more,
})
