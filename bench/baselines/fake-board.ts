/** The empty board that watchers request from baselines without an app. */
import type { IncomingMessage, ServerResponse } from 'node:http'

const tileSize = 1_024
const epoch = 'baseline'
const colors = new Uint8Array(tileSize * tileSize)
const canvas = { epoch, tileSize, width: 1_000, height: 1_000, background: 0, palette: ['#FFFFFF'] }

/** The answer to a join of tile 0 by a client that has that board. */
export const joined = { ok: true, epoch, rev: 1, tiles: [{ tile: 0, head: 0, mode: 'live' }] }

export const answerWithBoard = (request: IncomingMessage, response: ServerResponse) => {
  const isBoard = request.url?.endsWith('/board')
  response.setHeader('fresco-epoch', epoch)
  response.setHeader('fresco-seq', '0')
  response.end(isBoard ? colors : JSON.stringify(canvas))
}
