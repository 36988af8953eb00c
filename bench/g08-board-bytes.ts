import { setTimeout as wait } from 'node:timers/promises'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type Bench, of, type Sample } from './framework/bench.ts'
import { HttpConnection } from './load/http-connection.ts'
import { encodeRequest } from './load/http-wire.ts'
import { Fresco } from './setup/fresco.ts'
import { paintedBoard } from './setup/painted.ts'

/** Four bits for each of 1000 × 1000 pixels. */
const packedBytes = 500_000
const restMs = 20_000

const request = encodeRequest({
  method: 'GET',
  path: '/api/canvases/main/tiles/0/board',
  headers: { 'Accept-Encoding': 'gzip, deflate, br, zstd' },
})

const unpack = { br: brotliDecompressSync, zstd: zstdDecompressSync, gzip: gunzipSync }

/** One whole board as a browser asks for it: what came over the wire, headers included. */
const fetchBoard = async (port: number, expected: Uint8Array) => {
  const connection = new HttpConnection(port)
  const { status, head, body } = await connection.request(request)
  connection.close()
  const encoding = /\r\ncontent-encoding: (br|zstd|gzip)/i.exec(head)?.[1] as keyof typeof unpack | undefined
  const bytes = encoding ? unpack[encoding](body) : body
  if (status !== 200 || !bytes.equals(expected)) throw new Error(`status ${status}, ${bytes.length} bytes: not the painted board`)
  return connection.bytesReceived
}

export const g08: Bench = {
  id: 'g8',
  title: 'Board bytes on the wire ÷ 4-bit packed raw, final board of r/place 2017',
  method:
    'One GET of the 1000 × 1000 board as a browser sends it, headers included, ÷ 500,000. "Under change" is the first answer after start; "at rest" the best one within twenty seconds without a change.',
  figures: [
    { id: 'changing', what: 'under change', unit: '×', better: 'less', pass: 0.45, best: 0.35 },
    { id: 'rested', what: 'at rest', unit: '×', better: 'less', pass: 0.45, best: 0.35 },
  ],
  sides: [
    {
      name: 'app',
      async run({ scope }): Promise<Sample> {
        const { dataDir, env, board } = await paintedBoard()
        const { port } = await Fresco.start({ scope, dataDir, env })
        const changing = await fetchBoard(port, board.colors)
        let rested = changing
        for (const deadline = Date.now() + restMs; rested >= changing && Date.now() < deadline; ) {
          await wait(500)
          rested = Math.min(rested, await fetchBoard(port, board.colors))
        }
        return { changing, rested }
      },
    },
  ],
  derive: (samples) => ({ changing: of(samples, 'app', 'changing') / packedBytes, rested: of(samples, 'app', 'rested') / packedBytes }),
}
