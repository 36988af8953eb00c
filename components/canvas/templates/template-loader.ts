/** Loads the code of templates when the board has one, or when the painter opens the card. */
import type { ComponentType } from 'react'
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { TileNumber } from '../../../lib/brand.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { PageWords } from '../../../lib/words/page-words.ts'
import type { BoardChanges } from '../board-changes.ts'
import type { CanvasEngine } from '../engine/types.ts'
import type { Session } from '../session/types.ts'
import type { UiStore } from '../ui-store.ts'
import type { LinkedTemplates } from './linked/linked-templates.ts'
import type { TemplateImports } from './template-imports.ts'
import type { TemplateStore } from './template-store.ts'
import type { TemplateView } from './template-view.ts'

export interface TemplateParts {
  readonly engine: CanvasEngine
  readonly session: Session
  readonly ui: UiStore
  readonly words: PageWords
  readonly changes: Pick<BoardChanges, 'subscribe'>
  readonly canvasId: string
  /** Templates need other tiles than before beyond the view. */
  readonly onTilesNeeded: () => void
}

/** All null until the templates are loaded. */
interface LoadedTemplates {
  readonly store: TemplateStore | null
  readonly imports: TemplateImports | null
  readonly view: TemplateView | null
  /** Templates by link. */
  readonly linked: LinkedTemplates | null
  /** What the page shows while a template is placed or moved. */
  readonly placing: { readonly Overlay: ComponentType; readonly Dock: ComponentType } | null
}

export class TemplateLoader {
  readonly state: StoreApi<LoadedTemplates> = createStore<LoadedTemplates>(() => ({
    store: null,
    imports: null,
    view: null,
    linked: null,
    placing: null,
  }))
  readonly #parts: TemplateParts
  #loading: Promise<TemplateStore> | null = null
  #stop: (() => void) | null = null
  #isDisposed = false

  constructor(parts: TemplateParts) {
    this.#parts = parts
  }

  /** Rejects if the code could not be loaded. The next call tries again. */
  load(): Promise<TemplateStore> {
    this.#loading ??= this.#start().catch((error: unknown) => {
      this.#loading = null
      throw error
    })
    return this.#loading
  }

  /** Shows the template of a link. `isSeen`: and brings it into view. Never rejects. */
  async openLink(id: string, { isSeen }: { isSeen: boolean }) {
    const { engine, session } = this.#parts
    try {
      await this.load()
    } catch {
      session.notify({ kind: 'error', code: 'template_unloaded' })
      return
    }
    const template = await this.state.getState().linked?.open(id)
    if (!template || !isSeen || this.#isDisposed) return
    const { x, y, picture } = template
    const zoom = Math.min(32, Math.max(1, Math.floor((Math.min(innerWidth, innerHeight) * 0.6) / Math.max(picture.width, picture.height))))
    engine.centerOn({ x: x + picture.width / 2, y: y + picture.height / 2, zoom })
  }

  /** Tiles that templates need beside those in view. */
  extraTiles(inView: readonly TileNumber[]): TileNumber[] {
    return this.#view?.extraTiles(new Set(inView)) ?? []
  }

  /** What the topmost visible template wants at a cell; null for nothing. */
  wantedAt(cell: BoardPoint): number | null {
    return this.#view?.wantedAt(cell) ?? null
  }

  /** The color with which a click or a stroke paints a cell while the assist is on; null if it leaves the choice to the painter. */
  assistColor(cell: BoardPoint): number | null {
    return this.#view?.assistColor(cell) ?? null
  }

  dispose() {
    this.#isDisposed = true
    this.#stop?.()
    this.#stop = null
  }

  async #start(): Promise<TemplateStore> {
    const { startTemplates } = await import('./start-templates.ts')
    const { stop, ...loaded } = await startTemplates(this.#parts)
    if (this.#isDisposed) stop()
    else this.#stop = stop
    this.state.setState(loaded)
    return loaded.store
  }

  get #view() {
    return this.state.getState().view
  }
}
