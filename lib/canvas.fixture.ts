/** A canvas and painters for tests. */
import { asCanvasId, asEpoch, asPainterId } from './brand.ts'
import type { Canvas } from './canvas.ts'
import { guestName, type Painter } from './painter.ts'

/** Four colors, and tiles of 64 that the canvas fills only in part on the right and at the bottom. */
export const canvasOf = (change: Partial<Canvas> = {}): Canvas => ({
  id: asCanvasId('main'),
  title: 'Main',
  epoch: asEpoch('epoch001'),
  rev: 1,
  width: 100,
  height: 70,
  tileSize: 64,
  palette: ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF'],
  background: 0,
  cooldownMs: 1_000,
  maxCharges: 5,
  startCharges: 3,
  state: 'open',
  ...change,
})

export const painterOf = (name: string, createdAtMs = 0): Painter => {
  const id = asPainterId(`p_${name}`)
  return { id, name: guestName(id), role: 'guest', createdAtMs }
}
