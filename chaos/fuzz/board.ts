/** The state before the attack, which must be unchanged after it: pixels, painters of all kinds, and the bytes of every tile. */
import { createHash } from 'node:crypto'
import type { Cluster } from '../harness/cluster.ts'
import { readPixels } from '../harness/database.ts'
import { readCanvas, type ShownCanvas, tilesOf } from '../harness/final-state.ts'
import { Random } from '../random.ts'
import type { Target } from './attack.ts'
import { times } from './choices.ts'

const painters = 8
const pixelsOfEach = 60

const post = async (url: string, headers: Record<string, string>, body: unknown): Promise<Response> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: body === undefined ? null : JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  return response
}

/** Paints, so that logs, replays, history and statistics have content. */
const paint = async (url: string, canvas: ShownCanvas, tokens: readonly string[]) => {
  const random = new Random(1)
  for (const token of tokens) {
    const pixels = times(pixelsOfEach, () => ({
      gx: random.below(canvas.width),
      gy: random.below(canvas.height),
      color: random.below(canvas.palette.length),
    }))
    await post(`${url}/api/pixels/batch`, { authorization: `Bearer ${token}` }, { pixels })
  }
}

export const prepareTarget = async (cluster: Cluster): Promise<{ target: Target; canvas: ShownCanvas }> => {
  const [web] = cluster.of('web')
  if (!web) throw new Error('no web process')
  const canvas = await readCanvas(web.url)
  const tokens: string[] = []
  for (let count = 0; count < painters; count++) {
    const { token } = (await (await post(`${web.url}/api/tokens`, {}, undefined)).json()) as { token: string }
    tokens.push(token)
  }
  await paint(web.url, canvas, tokens)
  const me = await fetch(`${web.url}/api/me`)
  await me.arrayBuffer()
  const guestCookie = me.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  return { target: { host: new URL(web.url).host, adminToken: web.adminToken, tokens, guestCookie, canvas }, canvas }
}

/** Hashes of the database's pixels and of each tile's bytes at each web process. */
export const readBoards = async (cluster: Cluster, canvas: ShownCanvas): Promise<ReadonlyMap<string, string>> => {
  const boards = new Map<string, string>()
  for (const { name, url } of cluster.of('web')) {
    for (const tile of tilesOf(canvas)) {
      const response = await fetch(`${url}/api/canvases/main/tiles/${tile}/board`, { headers: { 'cache-control': 'no-cache' } })
      const bytes = new Uint8Array(await response.arrayBuffer())
      boards.set(`tile ${tile} at ${name}`, `seq ${response.headers.get('fresco-seq')}, ${digest(bytes)}`)
    }
  }
  const pixels = (await readPixels(cluster)).map(({ tile, position, color }) => `${tile}/${position}=${color}`).toSorted()
  boards.set('the database', digest(Buffer.from(pixels.join(' '))))
  return boards
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex').slice(0, 16)
