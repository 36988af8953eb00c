/** An endpoint of a webhook of Fresco. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export class Endpoint {
  readonly url: string
  /** What it answers. */
  status = 410
  /** Of the webhook, in Fresco. */
  id = ''

  private constructor(port: number) {
    this.url = `http://127.0.0.1:${port}/`
  }

  static async start(): Promise<Endpoint> {
    const server = createServer((request, response) => {
      request.resume()
      response.writeHead(endpoint.status).end()
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    server.unref()
    const endpoint = new Endpoint((server.address() as AddressInfo).port)
    return endpoint
  }
}
