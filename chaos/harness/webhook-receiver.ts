/** Receives a webhook for each change of a canvas, so that processes can be killed while they send one. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Cluster } from './cluster.ts'

/** For the processes that send to the receiver, which is on this machine. */
export const webhookEnv = { WEBHOOKS_ALLOW_PRIVATE: '1' }

export class WebhookReceiver {
  readonly #server: Server
  #received = 0

  private constructor() {
    this.#server = createServer((request, response) => {
      this.#received++
      request.resume()
      response.writeHead(204).end()
    })
  }

  static async start({ members: [first] }: Cluster): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver()
    const server = receiver.#server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const headers = { authorization: `Bearer ${first?.adminToken}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ url, format: 'standard', types: ['canvas.changed'] })
    const { status } = await fetch(`${first?.url}/api/admin/webhooks`, { method: 'POST', headers, body })
    if (status !== 201) throw new Error(`the webhook was not created: ${status}`)
    return receiver
  }

  /** Requests, the repeated ones included. */
  get received() {
    return this.#received
  }

  close() {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
