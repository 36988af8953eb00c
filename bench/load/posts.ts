/** The painters' requests and answers as bytes: `POST /api/pixels` and its 201. */
import type { Click } from './clicks.ts'
import { HttpConnection } from './http-connection.ts'
import { encodeRequest, type HttpAnswer } from './http-wire.ts'

export interface Answered {
  readonly click: Click
  readonly id: string
}

const bodyStart = '{"id":"'
/** The id of the placement in a 201. @throws on any other answer. */
export const idOf = ({ status, body }: HttpAnswer): string => {
  if (status !== 201 || body.toString('latin1', 0, bodyStart.length) !== bodyStart) throw new Error(`status ${status}: ${body.toString()}`)
  return body.toString('latin1', bodyStart.length, body.indexOf(34, bodyStart.length))
}

export const getTokens = async (port: number, count: number): Promise<string[]> => {
  const connection = new HttpConnection(port)
  const tokens: string[] = []
  while (tokens.length < count) {
    const { status, body } = await connection.request(encodeRequest({ method: 'POST', path: '/api/tokens', body: '{}' }))
    if (status !== 201) throw new Error(`no token: ${status} ${body.toString()}`)
    tokens.push((JSON.parse(body.toString()) as { token: string }).token)
  }
  connection.close()
  return tokens
}

/** The requests of one painter. Everything but the pixel is prebuilt: the load must cost less than the server. */
export const createPosts = (token: string): ((click: Click) => string) => {
  const empty = encodeRequest({ method: 'POST', path: '/api/pixels', headers: { Authorization: `Bearer ${token}` }, body: '' })
  const head = empty.slice(0, empty.lastIndexOf('0\r\n\r\n'))
  return ({ gx, gy, color }) => {
    const body = `{"gx":${gx},"gy":${gy},"color":${color}}`
    return `${head}${body.length}\r\n\r\n${body}`
  }
}
