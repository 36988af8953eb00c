/** What tests of stores, publishers and gateways paint with. */
import { asCanvasId, asEpoch, asPainterId, type CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { WantedPixel } from '../../lib/decide.ts'
import type { Painter } from '../../lib/painter.ts'
import { guestName } from '../../lib/painter.ts'
import type { PlaceRequest } from '../../lib/plan-group.ts'

export const testCanvas = (change: Partial<Canvas> = {}): Canvas => ({
  id: asCanvasId('main'),
  title: 'Main',
  epoch: asEpoch('epoch001'),
  rev: 1,
  width: 100,
  height: 70,
  tileSize: 64,
  palette: ['#FFFFFF', '#FF0000', '#00FF00', '#0000FF'],
  background: 0,
  cooldownMs: 0,
  maxCharges: 5,
  startCharges: 5,
  state: 'open',
  ...change,
})

export const testPainter = (name = 'aaaa'): Painter => {
  const id = asPainterId(`p_${name}`)
  return { id, name: guestName(id), role: 'guest', createdAtMs: 0 }
}

export const paint = (
  pixels: WantedPixel | readonly WantedPixel[],
  options: { painter?: Painter; canvas?: CanvasId; key?: string; fingerprint?: string } = {},
): PlaceRequest => ({
  painter: options.painter ?? testPainter(),
  canvas: options.canvas ?? asCanvasId('main'),
  pixels: Array.isArray(pixels) ? pixels : [pixels as WantedPixel],
  cause: 'paint',
  ...(options.key ? { idempotency: { key: options.key, fingerprint: options.fingerprint ?? 'one' } } : {}),
})
