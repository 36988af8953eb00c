/** What tests of stores, publishers and gateways paint with. */
import { asCanvasId, type CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { WantedPixel } from '../../lib/decide.ts'
import { canvasOf, painterOf } from '../../lib/fixtures.ts'
import type { Painter } from '../../lib/painter.ts'
import type { PlaceRequest } from '../../lib/plan-group.ts'

/** Without a cooldown, so that only the tests of charges have to think of them. */
export const testCanvas = (change: Partial<Canvas> = {}): Canvas => canvasOf({ cooldownMs: 0, startCharges: 5, ...change })

export const testPainter = (name = 'aaaa'): Painter => painterOf(name)

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
