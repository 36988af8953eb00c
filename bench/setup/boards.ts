/** Boards beside `main` on a running server, over the public contract. */
import { io } from 'socket.io-client'
import { type Fresco, secrets } from './fresco.ts'

const admin = { authorization: `Bearer ${secrets.ADMIN_TOKEN}`, 'content-type': 'application/json' }

const post = async (url: string, headers: Record<string, string>, body: unknown = {}) => {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) throw new Error(`${url}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

/** An open board of 1000 × 1000 pixels. */
export const createBoard = ({ url }: Fresco, id: string) =>
  post(`${url}/api/admin/canvases`, admin, { id, title: id, width: 1_000, height: 1_000, state: 'open', cooldownMs: 0 })

/** The board is gone at once, and its rows go in the background. */
export const deleteBoard = async ({ url }: Fresco, id: string) => {
  const { rev } = (await (await fetch(`${url}/api/canvases/${id}`)).json()) as { rev: number }
  const response = await fetch(`${url}/api/admin/canvases/${id}`, {
    method: 'DELETE',
    headers: { ...admin, 'if-match': String(rev) },
    body: JSON.stringify({ confirm: id }),
  })
  if (response.status !== 202) throw new Error(`${id} is not deleted: ${response.status} ${await response.text()}`)
}

/** Whether rows of a deleted board are left. */
export const isErasing = async ({ url }: Fresco, id: string) => {
  const answer = await fetch(`${url}/api/admin/canvases`, { headers: admin })
  const { canvases } = (await answer.json()) as { canvases: { id: string }[] }
  return canvases.some((canvas) => canvas.id === id)
}

/** Paints for a new painter. */
export const createPainter = async ({ url }: Fresco) => {
  const tokenAnswer = await fetch(`${url}/api/tokens`, { method: 'POST' })
  const { token } = (await tokenAnswer.json()) as { token: string }
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return (canvas: string, gx: number, gy: number) => post(`${url}/api/pixels`, headers, { canvas, gx, gy, color: 1 })
}

interface Placed {
  readonly canvas: string
  readonly gx: number
  readonly gy: number
}

/** Follows one board in format `json`. `received` grows with each pixel of any board. */
export const followBoard = async ({ url }: Fresco, canvas: string) => {
  const socket = io(url, { transports: ['websocket'], reconnection: false })
  const received: Placed[] = []
  socket.on('pixel_placed', (pixel: Placed) => received.push(pixel))
  await new Promise<void>((resolve, reject) => {
    socket.on('connect', resolve)
    socket.on('connect_error', reject)
  })
  const joined = (await socket.emitWithAck('join', { canvas, tiles: [{ tile: 0, seq: 0 }], format: 'json' })) as { ok: boolean }
  if (!joined.ok) throw new Error(`cannot join ${canvas}`)
  return { received, close: () => socket.disconnect() }
}
