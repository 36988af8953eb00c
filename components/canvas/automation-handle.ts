/** A read-only handle for programs that control the browser: the shown pixels and the state of the page. */
import { asTile } from '../../lib/brand.ts'
import type { Counts } from '../../lib/templates/progress.ts'
import type { CanvasParts } from './canvas-context.ts'

export interface AutomationHandle {
  /** The shown bytes of a tile, with optimistic pixels; null while it is not loaded. */
  bytes(tile: number): Uint8Array | null
  connection(): string
  pending(): number
  view(): { centerX: number; centerY: number; zoom: number }
  renderer(): string
  /** How many cells of each template are right, missing, wrong and not loaded, by its name. Templates that are not counted yet are absent. */
  templates(): Record<string, Counts>
}

export const exposeHandle = ({ engine, session, templates }: CanvasParts): (() => void) => {
  const holder = globalThis as { __fresco?: AutomationHandle }
  holder.__fresco = {
    bytes: (tile) => engine.bytes(asTile(tile)),
    connection: () => session.store.getState().connection.state,
    pending: () => session.store.getState().pending,
    view: () => engine.view(),
    renderer: () => engine.rendererKind,
    templates: () => {
      const { store, view } = templates.state.getState()
      const progress = view?.state.getState().progress
      const listed = store?.state.getState().templates ?? []
      const counted = listed.flatMap(({ id, name }) => {
        const counts = progress?.get(id)?.counts
        return counts ? [[name, counts] as const] : []
      })
      return Object.fromEntries(counted)
    },
  }
  return () => {
    delete holder.__fresco
  }
}
