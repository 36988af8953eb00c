/** Requests whole boards over HTTP. */
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { HttpConnection } from '../load/http-connection.ts'
import { encodeRequest } from '../load/http-wire.ts'

const pathOf = (tile: number) => `/api/canvases/main/tiles/${tile}/board`

/** The board; null while the server does not answer with one. */
export const tryBoard = async (port: number, tile = 0): Promise<Buffer | null> => {
  const connection = new HttpConnection(port)
  try {
    const { status, body } = await connection.request(encodeRequest({ method: 'GET', path: pathOf(tile) }))
    return status === 200 ? body : null
  } catch {
    return null
  } finally {
    connection.close()
  }
}

const unpack = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync }
const headers = { 'Accept-Encoding': 'gzip, deflate, br, zstd' }

/** The bytes on the wire for one board, headers included. @throws if it is not the expected board. */
export const boardBytesOnWire = async (port: number, expected: Uint8Array, tile = 0): Promise<number> => {
  const connection = new HttpConnection(port)
  const { status, head, body } = await connection.request(encodeRequest({ method: 'GET', path: pathOf(tile), headers }))
  connection.close()
  const encoding = /\r\ncontent-encoding: (br|zstd|gzip)/i.exec(head)?.[1] as keyof typeof unpack | undefined
  const bytes = encoding ? unpack[encoding](body) : body
  if (status !== 200 || !bytes.equals(expected)) throw new Error(`status ${status}, ${bytes.length} bytes: not the painted board`)
  return connection.bytesReceived
}
