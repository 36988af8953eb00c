/** A read-only handle for programs that control the browser: the shown pixels and the state of the page. */
import { asTile } from '../../lib/brand.ts'
import type { CanvasParts } from './canvas-context.ts'

export interface AutomationHandle {
  /** The shown bytes of a tile, with optimistic pixels; null while it is not loaded. */
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
