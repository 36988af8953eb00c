/** Whether sockets work at a PUBLIC_URL: a WebSocket is opened, and a session of long polling stays with one process. */
import type { Finding } from '../../lib/checks.ts'
import type { AddressProbeOptions } from './address-probe.ts'
import { type Answered, boundedRequest, type Failed } from './bounded-request.ts'
import { ok, problem, unknown } from './check.ts'
import { nonceHeader } from './probe-nonces.ts'

type SocketOptions = Pick<AddressProbeOptions, 'url' | 'nonces' | 'signal'>

/** Requests after the first one. With two processes in turns, all of them reach the same one by chance once in 64 times. */
const pollingRequests = 6

const engine = '/socket.io/?EIO=4&transport='
const detailOf = (answer: Answered | Failed) => (answer.kind === 'answered' ? `status ${answer.status}` : answer.detail)

export const checkWebSocket = async ({ url, nonces, signal }: SocketOptions): Promise<Finding> => {
  const answer = await boundedRequest({
    url: `${url}${engine}websocket`,
    headers: {
      [nonceHeader]: nonces.make(),
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.from(nonces.make()).subarray(-16).toString('base64'),
    },
    signal,
  })
  const isOpen = answer.kind === 'answered' && answer.status === 101 && answer.body.includes('"sid"')
  return isOpen ? ok('websocket') : problem('websocket_refused', { detail: detailOf(answer) })
}

/** Each request has a connection of its own, as a balancer may choose for each one. Cookies are kept, because some balancers need them. */
export const checkPolling = async ({ url, nonces, signal }: SocketOptions, processes: number): Promise<Finding> => {
  let cookie = ''
  const send = async (query: string, body?: string) => {
    const answer = await boundedRequest({
      url: `${url}${engine}polling${query}`,
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        [nonceHeader]: nonces.make(),
        ...(cookie === '' ? {} : { cookie }),
        ...(body === undefined ? {} : { 'content-type': 'text/plain' }),
      },
      ...(body === undefined ? {} : { body }),
      signal,
    })
    if (answer.kind === 'answered') {
      const set = (answer.headers['set-cookie'] ?? []).map((one) => one.split(';', 1)[0])
      if (set.length > 0) cookie = set.join('; ')
    }
    return answer
  }
  const opened = await send('')
  const sid = opened.kind === 'answered' ? /"sid":"([\w-]{1,64})"/.exec(opened.body)?.[1] : undefined
  if (sid === undefined) return unknown('failed', { reason: detailOf(opened) })
  for (let request = 1; request <= pollingRequests; request++) {
    // The namespace, then pongs; the last request closes the session.
    const packet = request === 1 ? '40' : request === pollingRequests ? '1' : '3'
    const answer = await send(`&sid=${sid}`, packet)
    if (answer.kind === 'answered' && answer.status === 200) continue
    const isLost = answer.kind === 'answered' && answer.status === 400
    return isLost ? problem('polling_lost', { detail: detailOf(answer) }) : unknown('failed', { reason: detailOf(answer) })
  }
  return ok('polling', { processes })
}
