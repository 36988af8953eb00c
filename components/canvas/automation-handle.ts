/**
 * A read-only view of the page for a browser that is driven by a program: what is shown of a tile, and in what state the page is. Its own chunk,
 * which `load-automation-handle.ts` loads in such a browser only.
 */
import { asTile } from '../../lib/brand.ts'
import type { CanvasParts } from './canvas-context.ts'

export interface AutomationHandle {
  /** What is shown of a tile, optimistic pixels included; null while it is not loaded. */
  bytes(tile: number): Uint8Array | null
  connection(): string
  pending(): number
  view(): { centerX: number; centerY: number; zoom: number }
  renderer(): string
}

export const exposeHandle = ({ engine, session }: CanvasParts): (() => void) => {
  const holder = globalThis as { __fresco?: AutomationHandle }
  holder.__fresco = {
    bytes: (tile) => engine.bytes(asTile(tile)),
    connection: () => session.store.getState().connection.state,
    pending: () => session.store.getState().pending,
    view: () => engine.view(),
    renderer: () => engine.rendererKind,
  }
  return () => {
    delete holder.__fresco
  }
}
