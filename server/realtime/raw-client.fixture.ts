/** Clients below Socket.IO: raw Engine.IO over polling, and raw WebSocket frames. */
import { once } from 'node:events'
import { request } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { WebSocket } from 'ws'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: NodeJS.Dict<string | string[]>
}

export const http = (url: string, options: { method?: string; body?: string; headers?: Record<string, string> } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const { method = 'GET', body, headers = {} } = options
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body), 'content-type': 'text/plain' }
    const sent = request(url, { method, agent: false, headers: { ...length, ...headers } }, async (response) => {
      let text = ''
      try {
        for await (const part of response.setEncoding('utf8')) text += part
      } catch (error) {
        return reject(error)
      }
      resolve({ status: response.statusCode ?? 0, text, headers: response.headers })
    })
    sent.on('error', reject)
    sent.end(body)
  })

/** A session over polling. Each answer is a list of Engine.IO packets. */
export const poll = async (url: string) => {
  const address = `${url}/socket.io/?EIO=4&transport=polling`
  const opened = await http(address)
  const { sid } = JSON.parse(opened.text.slice(1)) as { sid: string }
  const session = `${address}&sid=${sid}`
  return {
    sid,
    session,
    send: (...packets: string[]) => http(session, { method: 'POST', body: packets.join('\u001e') }),
    receive: async () => (await http(session)).text.split('\u001e'),
    /** Whether the server still has the session. An overlapping poll would close it, so this sends a message without effect. */
    isOpen: async () => (await http(session, { method: 'POST', body: '6' })).status === 200,
  }
}

const mask = Buffer.from([1, 2, 3, 4])

/** A masked frame (RFC 6455) of up to 65,535 bytes. */
export const frame = (payload: string | Buffer, opcode = 1, isFinal = true) => {
  const bytes = Buffer.from(payload)
  const first = (isFinal ? 0x80 : 0) | opcode
  const head = bytes.length < 126 ? [first, 0x80 | bytes.length] : [first, 0xfe, bytes.length >> 8, bytes.length & 255]
  return Buffer.concat([Buffer.from(head), mask, bytes.map((byte, i) => byte ^ (mask[i & 3] as number))])
}

interface Opened {
  readonly _socket: { write(bytes: Buffer): void; pause(): void; resume(): void }
}

/** A WebSocket that has received Engine.IO's first packet. */
export const dial = async (url: string, headers: Record<string, string> = {}) => {
  const webSocket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
    perMessageDeflate: false,
    headers,
  })
  const received: string[] = []
  let isClosed = false
  webSocket.on('message', (data) => void received.push(String(data)))
  webSocket.on('close', () => {
    isClosed = true
  })
  webSocket.on('error', () => undefined)
  await once(webSocket, 'message')
  const { _socket: raw } = webSocket as unknown as Opened
  return {
    received,
    raw,
    send: (...packets: string[]) => raw.write(Buffer.concat(packets.map((packet) => frame(packet)))),
    isClosed: () => isClosed,
    close: () => webSocket.terminate(),
    /** Resolves when the packet has arrived or the connection is closed. */
    async until(start: string) {
      while (!isClosed && !received.some((packet) => packet.startsWith(start))) await nextTurn()
      return received.find((packet) => packet.startsWith(start))
    },
  }
}
