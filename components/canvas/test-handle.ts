/** A narrow, read-only window into the page for end-to-end tests: what is shown, and what state it is in. */
import { asTile } from '../../lib/brand.ts'
import type { CanvasParts } from './canvas-context.ts'

export interface TestHandle {
  /** What is shown of a tile, own pixels included; null while it is not loaded. */
  bytes(tile: number): Uint8Array | null
  connection(): string
  pending(): number
  view(): { centerX: number; centerY: number; zoom: number }
  renderer(): string
}

export const exposeForTests = ({ engine, session }: CanvasParts): (() => void) => {
  const holder = globalThis as { __fresco?: TestHandle }
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
